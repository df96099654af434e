// The pictures of one camera, in their order: image files, or the frames of a video; grey, 8 bits.
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

#include "opencv/shim.hpp"

struct cl_video {
  cv::VideoCapture capture;
  cv::Mat frame, grey;
};

static const cv::Mat& to_grey(const cv::Mat& image, cv::Mat& grey) {
  if (image.channels() == 1) return image;
  cv::cvtColor(image, grey, cv::COLOR_BGR2GRAY);
  return grey;
}

// Reads a picture; `capacity` bytes of `grey` receive it where they suffice. Call with capacity 0 for its size.
CL_API int cl_picture_read(const char* path, int* width, int* height, uint8_t* grey, int64_t capacity) {
  return cl_guarded((int)CL_ERROR, [&] {
    // NB: not turned by what the file says of the camera's position: the lens does not turn with it.
    cv::Mat image = cv::imread(path, cv::IMREAD_GRAYSCALE | cv::IMREAD_IGNORE_ORIENTATION);
    if (image.empty()) {
      cl_set_error("it is no picture that can be read");
      return (int)CL_ERROR;
    }
    *width = image.cols;
    *height = image.rows;
    if ((int64_t)image.total() <= capacity) std::memcpy(grey, image.data, image.total());
    return (int)CL_OK;
  });
}

CL_API cl_video* cl_frames_open(const char* path, int* width, int* height, int* frames) {
  return cl_guarded((cl_video*)nullptr, [&]() -> cl_video* {
    auto video = std::make_unique<cl_video>();
    if (!video->capture.open(path) || !video->capture.isOpened()) {
      cl_set_error("it is no video that can be read");
      return nullptr;
    }
    *width = (int)video->capture.get(cv::CAP_PROP_FRAME_WIDTH);
    *height = (int)video->capture.get(cv::CAP_PROP_FRAME_HEIGHT);
    *frames = (int)video->capture.get(cv::CAP_PROP_FRAME_COUNT);
    return video.release();
  });
}

// Goes on one frame; decodes it into `grey` unless that is null. Returns 1, 0 at the end, -1 for an error.
CL_API int cl_frames_next(cl_video* video, uint8_t* grey, int64_t capacity) {
  return cl_guarded(-1, [&] {
    if (!video->capture.grab()) return 0;
    if (!grey) return 1;
    if (!video->capture.retrieve(video->frame) || video->frame.empty()) {
      cl_set_error("a frame cannot be decoded");
      return -1;
    }
    auto& image = to_grey(video->frame, video->grey);
    if ((int64_t)image.total() != capacity) {
      cl_set_error("its frames change their size");
      return -1;
    }
    for (int y = 0; y < image.rows; y++) std::memcpy(grey + (int64_t)y * image.cols, image.ptr(y), image.cols);
    return 1;
  });
}

CL_API void cl_frames_free(cl_video* video) { delete video; }

// Writes grey pixels as a picture; the extension names the format.
CL_API int cl_picture_write(const char* path, const uint8_t* grey, int width, int height) {
  return cl_guarded((int)CL_ERROR, [&] {
    if (cv::imwrite(path, cv::Mat(height, width, CV_8U, const_cast<uint8_t*>(grey)))) return (int)CL_OK;
    cl_set_error("the picture cannot be written");
    return (int)CL_ERROR;
  });
}
