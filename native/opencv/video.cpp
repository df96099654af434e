// Videos and cameras: reading into the caller's buffer, and writing videos. One handle belongs to one thread at a time.
#include "opencv/frames.hpp"
#include "opencv/shim.hpp"

#include <opencv2/core/utils/logger.hpp>
#include <opencv2/videoio.hpp>

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

enum { CL_END = 2 };

struct cl_video {
  cv::VideoCapture capture;
  cv::Mat frame;  // as decoded; keeps its memory
};

struct cl_writer {
  cv::VideoWriter writer;
  cv::Mat frame;
};

// OpenCV and FFmpeg print what goes wrong; here errors reach a person as sentences, once.
__attribute__((constructor)) static void install() {
  setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", 0);
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
}

static std::string fourcc_text(double code) {
  const int value = (int)code;
  std::string text;
  for (int i = 0; i < 4; i++) {
    const char c = (char)((value >> (8 * i)) & 0xff);
    text += c >= 32 && c < 127 ? c : '?';
  }
  return text;
}

// `threads`: how many the decoder uses, where OpenCV lets us say it.
CL_API cl_video* cl_video_open(const char* path, int threads) {
  return cl_guarded<cl_video*>(nullptr, [&] {
    auto* video = new cl_video;
    try {
      std::vector<int> parameters;
#if CV_VERSION_MAJOR > 4 || CV_VERSION_MINOR >= 7
      parameters = {cv::CAP_PROP_N_THREADS, threads};
#else
      (void)threads;  // before 4.7 it is one a core and cannot be told
#endif
      if (!video->capture.open(path, cv::CAP_FFMPEG, parameters)) throw std::runtime_error("no video that FFmpeg can read");
      return video;
    } catch (...) {
      delete video;
      throw;
    }
  });
}

// A camera of Video4Linux by its path (/dev/video0). Zeros leave a property as it is; `fourcc` may be empty.
CL_API cl_video* cl_camera_open(const char* path, int width, int height, double rate, const char* fourcc) {
  return cl_guarded<cl_video*>(nullptr, [&] {
    auto* video = new cl_video;
    try {
      if (!video->capture.open(path, cv::CAP_V4L2)) throw std::runtime_error("no camera that Video4Linux can open");
      // NB: the format comes first: it decides which sizes and rates there are.
      if (fourcc && std::string(fourcc).size() == 4)
        video->capture.set(cv::CAP_PROP_FOURCC, cv::VideoWriter::fourcc(fourcc[0], fourcc[1], fourcc[2], fourcc[3]));
      if (width > 0) video->capture.set(cv::CAP_PROP_FRAME_WIDTH, width);
      if (height > 0) video->capture.set(cv::CAP_PROP_FRAME_HEIGHT, height);
      if (rate > 0) video->capture.set(cv::CAP_PROP_FPS, rate);
      return video;
    } catch (...) {
      delete video;
      throw;
    }
  });
}

CL_API int cl_video_info(cl_video* video, int* width, int* height, double* rate, int64_t* frames, char* codec) {
  return cl_guarded<int>(CL_ERROR, [&] {
    *width = (int)video->capture.get(cv::CAP_PROP_FRAME_WIDTH);
    *height = (int)video->capture.get(cv::CAP_PROP_FRAME_HEIGHT);
    *rate = video->capture.get(cv::CAP_PROP_FPS);
    *frames = (int64_t)video->capture.get(cv::CAP_PROP_FRAME_COUNT);
    const std::string text = fourcc_text(video->capture.get(cv::CAP_PROP_FOURCC));
    for (int i = 0; i < 4; i++) codec[i] = text[(size_t)i];
    codec[4] = 0;
    return CL_OK;
  });
}

// Takes the next frame into the caller's buffer. `time_ms` is the device's own time of it. CL_END where there is no more.
CL_API int cl_video_read(cl_video* video, uint8_t* pixels, int width, int height, int channels, double* time_ms) {
  return cl_guarded<int>(CL_ERROR, [&] {
    if (!video->capture.grab()) return (int)CL_END;
    if (!video->capture.retrieve(video->frame)) throw std::runtime_error("the frame cannot be decoded");
    *time_ms = video->capture.get(cv::CAP_PROP_POS_MSEC);
    cl_to_caller(video->frame, pixels, width, height, channels);
    return (int)CL_OK;
  });
}

// Passes over the next frame without giving it out.
CL_API int cl_video_skip(cl_video* video) {
  return cl_guarded<int>(CL_ERROR, [&] { return video->capture.grab() ? (int)CL_OK : (int)CL_END; });
}

// The frame that is read next.
CL_API int cl_video_seek(cl_video* video, int64_t frame) {
  return cl_guarded<int>(CL_ERROR, [&] {
    if (!video->capture.set(cv::CAP_PROP_POS_FRAMES, (double)frame)) throw std::runtime_error("its frames cannot be reached out of order");
    return CL_OK;
  });
}

CL_API void cl_video_close(cl_video* video) {
  cl_guarded<int>(CL_ERROR, [&] {
    delete video;
    return CL_OK;
  });
}

CL_API cl_writer* cl_writer_open(const char* path, const char* fourcc, double rate, int width, int height) {
  return cl_guarded<cl_writer*>(nullptr, [&] {
    auto* writer = new cl_writer;
    try {
      const int code = cv::VideoWriter::fourcc(fourcc[0], fourcc[1], fourcc[2], fourcc[3]);
      if (!writer->writer.open(path, cv::CAP_FFMPEG, code, rate, cv::Size(width, height), true))
        throw std::runtime_error("FFmpeg has no encoder for it, or the place cannot be written to");
      return writer;
    } catch (...) {
      delete writer;
      throw;
    }
  });
}

CL_API int cl_writer_write(cl_writer* writer, const uint8_t* pixels, int width, int height, int channels) {
  return cl_guarded<int>(CL_ERROR, [&] {
    const cv::Mat& image = cl_from_caller(pixels, width, height, channels, writer->frame);
    if (image.channels() == 1) {
      cv::Mat colour;
      cv::merge(std::vector<cv::Mat>{image, image, image}, colour);
      writer->writer.write(colour);
    } else {
      writer->writer.write(image);
    }
    return CL_OK;
  });
}

// Ends the file and lets go of it.
CL_API int cl_writer_close(cl_writer* writer) {
  return cl_guarded<int>(CL_ERROR, [&] {
    writer->writer.release();
    delete writer;
    return CL_OK;
  });
}
