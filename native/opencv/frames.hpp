// Between OpenCV's BGR images and the caller's buffers: 8 bits, RGB or grey, rows from the top, no padding.
#pragma once

#include <opencv2/core.hpp>

#include <cstdint>

// A view of the caller's memory; it owns nothing.
inline cv::Mat cl_view(uint8_t* pixels, int width, int height, int channels) {
  return cv::Mat(height, width, CV_8UC(channels), pixels);
}

// Writes `image` (8 bits, grey, BGR or BGRA) into the caller's buffer, whose size it must have; throws where it has not.
void cl_to_caller(const cv::Mat& image, uint8_t* pixels, int width, int height, int channels);

// The caller's pixels as OpenCV wants them: BGR or grey. `scratch` keeps its memory between calls.
const cv::Mat& cl_from_caller(const uint8_t* pixels, int width, int height, int channels, cv::Mat& scratch);
