// Shared by the files of the MuJoCo shim. Every exported function returns 0 (or a handle) on success; on failure it
// returns non-zero (or NULL) and cl_last_error() holds a sentence for the calling thread.
#pragma once

#include <setjmp.h>
#include <stdint.h>
#include <mujoco/mujoco.h>
#include <mujoco/mjxmacro.h>

#define CL_API __attribute__((visibility("default")))

enum { CL_OK = 0, CL_ERROR = 1 };

// mju_error's default handler ends the process. CL_GUARD sets the place to which our handler jumps instead.
// NB: nothing that must be released may be acquired between CL_GUARD and CL_UNGUARD without being reachable after a jump.
typedef struct cl_guard { jmp_buf jump; struct cl_guard* outer; } cl_guard;

void cl_guard_enter(cl_guard* guard);
void cl_guard_leave(cl_guard* guard);
void cl_set_error(const char* format, ...) __attribute__((format(printf, 1, 2)));

#define CL_GUARD(on_error)                 \
  cl_guard cl_guard_here;                  \
  cl_guard_enter(&cl_guard_here);          \
  if (setjmp(cl_guard_here.jump)) {        \
    cl_guard_leave(&cl_guard_here);        \
    return on_error;                       \
  }
#define CL_UNGUARD cl_guard_leave(&cl_guard_here)
