// Pictures: files of any format that OpenCV reads, and JPEG in memory.
#include "opencv/frames.hpp"
#include "opencv/shim.hpp"

#include <opencv2/imgcodecs.hpp>

#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

struct cl_picture {
  cv::Mat image;
};

// NB: without IGNORE_ORIENTATION a photograph's EXIF tag would turn it, and a calibration with it.
static int flags_for(int channels) {
  return (channels == 1 ? cv::IMREAD_GRAYSCALE : cv::IMREAD_COLOR) | cv::IMREAD_IGNORE_ORIENTATION;
}

CL_API cl_picture* cl_picture_open(const char* path, int channels, int* width, int* height) {
  return cl_guarded<cl_picture*>(nullptr, [&] {
    cv::Mat image = cv::imread(path, flags_for(channels));
    if (image.empty()) throw std::runtime_error("no picture that can be read");
    *width = image.cols;
    *height = image.rows;
    return new cl_picture{image};
  });
}

CL_API int cl_picture_pixels(cl_picture* picture, uint8_t* pixels, int width, int height, int channels) {
  return cl_guarded<int>(CL_ERROR, [&] {
    cl_to_caller(picture->image, pixels, width, height, channels);
    return CL_OK;
  });
}

CL_API void cl_picture_close(cl_picture* picture) { delete picture; }

// Reads a picture of known size into the caller's buffer.
CL_API int cl_picture_read(const char* path, uint8_t* pixels, int width, int height, int channels) {
  return cl_guarded<int>(CL_ERROR, [&] {
    cv::Mat image = cv::imread(path, flags_for(channels));
    if (image.empty()) throw std::runtime_error("no picture that can be read");
    cl_to_caller(image, pixels, width, height, channels);
    return CL_OK;
  });
}

// Encodes into the caller's buffer. Where it has no room, fails with `length` telling how much is needed.
CL_API int cl_jpeg_encode(const uint8_t* pixels, int width, int height, int channels, int quality, uint8_t* jpeg, int64_t capacity, int64_t* length) {
  return cl_guarded<int>(CL_ERROR, [&] {
    static thread_local cv::Mat scratch;
    static thread_local std::vector<uint8_t> encoded;
    static thread_local std::vector<int> parameters(2);
    parameters[0] = cv::IMWRITE_JPEG_QUALITY;
    parameters[1] = quality;
    if (!cv::imencode(".jpg", cl_from_caller(pixels, width, height, channels, scratch), encoded, parameters))
      throw std::runtime_error("the image cannot be encoded as JPEG");
    *length = (int64_t)encoded.size();
    if (*length > capacity) throw std::runtime_error("the JPEG takes " + std::to_string(*length) + " bytes where there is room for " + std::to_string(capacity));
    std::memcpy(jpeg, encoded.data(), encoded.size());
    return CL_OK;
  });
}

// Decodes JPEG (or any format that OpenCV reads) from memory into the caller's buffer.
CL_API int cl_jpeg_decode(const uint8_t* jpeg, int64_t length, uint8_t* pixels, int width, int height, int channels) {
  return cl_guarded<int>(CL_ERROR, [&] {
    cv::Mat source(1, (int)length, CV_8UC1, const_cast<uint8_t*>(jpeg));
    // NB: not the overload that decodes into a given image: where it fails it leaves the last image in it and does not say so.
    cv::Mat decoded = cv::imdecode(source, flags_for(channels));
    if (decoded.empty()) throw std::runtime_error("no picture that can be decoded");
    cl_to_caller(decoded, pixels, width, height, channels);
    return CL_OK;
  });
}
