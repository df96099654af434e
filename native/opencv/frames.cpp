#include "opencv/frames.hpp"

#include <opencv2/imgproc.hpp>

#include <stdexcept>
#include <string>

// A caller's image is grey or RGB and nothing else.
static void check_channels(int channels) {
  if (channels != 1 && channels != 3) throw std::invalid_argument("an image has 1 or 3 channels, not " + std::to_string(channels));
}

void cl_to_caller(const cv::Mat& image, uint8_t* pixels, int width, int height, int channels) {
  check_channels(channels);
  if (image.cols != width || image.rows != height)
    throw std::runtime_error("the image has " + std::to_string(image.cols) + " x " + std::to_string(image.rows) + " pixels where " +
                             std::to_string(width) + " x " + std::to_string(height) + " are expected");
  if (image.depth() != CV_8U) throw std::runtime_error("the image has not 8 bits a channel");
  cv::Mat target = cl_view(pixels, width, height, channels);
  switch (image.channels()) {
    case 1:
      if (channels == 1) image.copyTo(target);
      else cv::cvtColor(image, target, cv::COLOR_GRAY2RGB);
      break;
    case 3: cv::cvtColor(image, target, channels == 1 ? cv::COLOR_BGR2GRAY : cv::COLOR_BGR2RGB); break;
    case 4: cv::cvtColor(image, target, channels == 1 ? cv::COLOR_BGRA2GRAY : cv::COLOR_BGRA2RGB); break;
    default: throw std::runtime_error("the image has " + std::to_string(image.channels()) + " channels");
  }
  if (target.data != pixels) throw std::logic_error("the caller's buffer was not written to");
}

const cv::Mat& cl_from_caller(const uint8_t* pixels, int width, int height, int channels, cv::Mat& scratch) {
  check_channels(channels);
  cv::Mat view = cl_view(const_cast<uint8_t*>(pixels), width, height, channels);
  if (channels == 1) scratch = view;
  else {
    if (scratch.u == nullptr) scratch.release();  // it may be a view of an earlier grey image
    cv::cvtColor(view, scratch, cv::COLOR_RGB2BGR);
  }
  return scratch;
}
