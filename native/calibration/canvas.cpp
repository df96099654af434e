// A picture to draw on: smooth lines, discs and text, RGB.
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "opencv/shim.hpp"

namespace {
constexpr int kShift = 4;  // coordinates keep 1/16 pixel
cv::Point fine(double x, double y) { return {(int)std::lround(x * (1 << kShift)), (int)std::lround(y * (1 << kShift))}; }
cv::Scalar colour_of(uint32_t rgb) { return {(double)(rgb & 255), (double)(rgb >> 8 & 255), (double)(rgb >> 16 & 255)}; }
}  // namespace

CL_API cv::Mat* cl_canvas_make(int width, int height, uint32_t rgb) {
  return cl_guarded((cv::Mat*)nullptr, [&] { return new cv::Mat(height, width, CV_8UC3, colour_of(rgb)); });
}

CL_API void cl_canvas_free(cv::Mat* canvas) { delete canvas; }

CL_API int cl_canvas_line(cv::Mat* canvas, double x1, double y1, double x2, double y2, uint32_t rgb, int thickness) {
  return cl_guarded((int)CL_ERROR, [&] { return cv::line(*canvas, fine(x1, y1), fine(x2, y2), colour_of(rgb), thickness, cv::LINE_AA, kShift), (int)CL_OK; });
}

// Thickness -1 fills.
CL_API int cl_canvas_circle(cv::Mat* canvas, double x, double y, double radius, uint32_t rgb, int thickness) {
  return cl_guarded((int)CL_ERROR, [&] { return cv::circle(*canvas, fine(x, y), (int)std::lround(radius * (1 << kShift)), colour_of(rgb), thickness, cv::LINE_AA, kShift), (int)CL_OK; });
}

CL_API int cl_canvas_polygon(cv::Mat* canvas, const double* xy, int count, uint32_t rgb, double opacity) {
  return cl_guarded((int)CL_ERROR, [&] {
    std::vector<cv::Point> points;
    for (int i = 0; i < count; i++) points.push_back(fine(xy[2 * i], xy[2 * i + 1]));
    cv::Mat over = canvas->clone();
    cv::fillConvexPoly(over, points, colour_of(rgb), cv::LINE_AA, kShift);
    cv::addWeighted(over, opacity, *canvas, 1 - opacity, 0, *canvas);
    return (int)CL_OK;
  });
}

// Text of `height` pixels of a capital letter; anchor 0 left, 1 centre, 2 right of (x, y), the baseline's place.
CL_API int cl_canvas_text(cv::Mat* canvas, const char* text, double x, double y, double height, int anchor, uint32_t rgb, int bold) {
  return cl_guarded((int)CL_ERROR, [&] {
    int thickness = bold ? 2 : 1, baseline;
    double scale = height / 21.0;
    auto size = cv::getTextSize(text, cv::FONT_HERSHEY_SIMPLEX, scale, thickness, &baseline);
    cv::Point at((int)std::lround(x - size.width * anchor / 2.0), (int)std::lround(y));
    cv::putText(*canvas, text, at, cv::FONT_HERSHEY_SIMPLEX, scale, colour_of(rgb), thickness, cv::LINE_AA);
    return (int)CL_OK;
  });
}

CL_API int cl_canvas_write(const cv::Mat* canvas, const char* path) {
  return cl_guarded((int)CL_ERROR, [&] {
    if (cv::imwrite(path, *canvas)) return (int)CL_OK;
    cl_set_error("the picture cannot be written");
    return (int)CL_ERROR;
  });
}
