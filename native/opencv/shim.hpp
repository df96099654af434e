// Shared by the shims over OpenCV and Ceres. Every exported function returns 0 (or a handle) on success; on failure it
// returns non-zero (or NULL) and cl_cv_last_error() holds a sentence for the calling thread. No exception leaves.
#pragma once

#include <cstdint>
#include <exception>
#include <string>

#define CL_API extern "C" __attribute__((visibility("default")))

enum { CL_OK = 0, CL_ERROR = 1 };

void cl_set_error(const std::string& message);

// What an exception of OpenCV says, without its file, line and function.
std::string cl_describe(const std::exception& error);

// Runs `body`, which returns a value or throws; returns `failed` where it threw.
template <class Result, class Body>
Result cl_guarded(Result failed, Body body) noexcept {
  try {
    return body();
  } catch (const std::exception& error) {
    cl_set_error(cl_describe(error));
  } catch (...) {
    cl_set_error("an unknown C++ exception");
  }
  return failed;
}
