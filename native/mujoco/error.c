// Errors and warnings of MuJoCo: kept per thread, turned into exceptions by the caller, never into an exit.
#include "shim.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local char last_error[1024];
static _Thread_local char last_warning[1024];
static _Thread_local int64_t warning_count;
static _Thread_local cl_guard* innermost;
static pthread_once_t installed = PTHREAD_ONCE_INIT;

static void on_error(const char* message) {
  snprintf(last_error, sizeof last_error, "%s", message);
  if (innermost) longjmp(innermost->jump, 1);
  // An error outside every guard is a defect of this shim; there is nowhere to return to.
  fprintf(stderr, "closedloop: MuJoCo error outside a guarded call: %s\n", message);
  abort();
}

static void on_warning(const char* message) {
  snprintf(last_warning, sizeof last_warning, "%s", message);
  warning_count++;
}

static void install(void) {
  mju_user_error = on_error;
  mju_user_warning = on_warning;
}

void cl_guard_enter(cl_guard* guard) {
  pthread_once(&installed, install);
  guard->outer = innermost;
  innermost = guard;
}

void cl_guard_leave(cl_guard* guard) { innermost = guard->outer; }

void cl_set_error(const char* format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(last_error, sizeof last_error, format, args);
  va_end(args);
}

CL_API const char* cl_last_error(void) { return last_error; }
CL_API const char* cl_last_warning(void) { return last_warning; }
CL_API int64_t cl_warning_count(void) { return warning_count; }
CL_API int cl_version_library(void) { return mj_version(); }
CL_API int cl_version_header(void) { return mjVERSION_HEADER; }

// Raises a MuJoCo error and a warning on purpose: the tests of this boundary call it.
CL_API int cl_raise_error_for_test(const char* message) {
  CL_GUARD(CL_ERROR)
  mju_warning(message);
  mju_error(message);
  CL_UNGUARD;
  return CL_OK;
}
