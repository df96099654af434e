// Errors of OpenCV: kept per thread, turned into exceptions by the caller, never printed.
#include "opencv/shim.hpp"

#include <opencv2/core.hpp>

static thread_local std::string last_error;

void cl_set_error(const std::string& message) { last_error = message; }

std::string cl_describe(const std::exception& error) {
  if (auto* known = dynamic_cast<const cv::Exception*>(&error)) return known->err.empty() ? known->what() : known->err;
  return error.what();
}

// OpenCV prints every error that it throws; ours reach a person as sentences, once.
static int keep_quiet(int, const char*, const char*, const char*, int, void*) { return 0; }

__attribute__((constructor)) static void install() { cv::redirectError(keep_quiet); }

CL_API const char* cl_cv_last_error() { return last_error.c_str(); }
CL_API const char* cl_cv_version() { return CV_VERSION; }
