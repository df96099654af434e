// Chessboards: corners by OpenCV, refined to sub-pixels, and numbered so that every camera gives a corner the same number.
#include "calibration/board.hpp"

#include <opencv2/calib3d.hpp>
#include <opencv2/imgproc.hpp>

using cv::Point2f;

// The mean brightness of the square whose inner corners surround `middle`.
static double brightness(const cv::Mat& grey, Point2f middle, double radius) {
  int r = std::max(1, (int)(radius * 0.3));
  cv::Rect area = cv::Rect((int)std::lround(middle.x) - r, (int)std::lround(middle.y) - r, 2 * r + 1, 2 * r + 1) & cv::Rect(0, 0, grey.cols, grey.rows);
  return area.empty() ? 0 : cv::mean(grey(area))[0];
}

// How much brighter the squares are that a chessboard with a dark square between its first four inner corners has bright.
static double contrast(const cv::Mat& grey, const std::vector<Point2f>& c, int columns, int rows) {
  double sum = 0;
  for (int y = 0; y + 1 < rows; y++)
    for (int x = 0; x + 1 < columns; x++) {
      auto& a = c[y * columns + x];
      auto& d = c[(y + 1) * columns + x + 1];
      auto middle = (a + d + c[y * columns + x + 1] + c[(y + 1) * columns + x]) / 4;
      sum += brightness(grey, middle, cv::norm(d - a) / 2.83) * ((x + y) % 2 ? 1 : -1);
    }
  return sum;
}

static double handedness(const std::vector<Point2f>& c, int columns, int rows) {
  auto along = c[columns - 1] - c[0], down = c[(rows - 1) * columns] - c[0];
  return along.x * down.y - along.y * down.x;
}

int find_chessboard(const cv::Mat& grey, const cl_board& board, std::vector<int>& ids, std::vector<Point2f>& corners) {
  cv::Size size(board.columns, board.rows);
  // NB: the quick check must stand first, a search without it costs a second on an image without a board.
  if (!cv::findChessboardCorners(grey, size, corners, cv::CALIB_CB_ADAPTIVE_THRESH | cv::CALIB_CB_NORMALIZE_IMAGE | cv::CALIB_CB_FAST_CHECK) &&
      !cv::findChessboardCorners(grey, size, corners, cv::CALIB_CB_ADAPTIVE_THRESH | cv::CALIB_CB_NORMALIZE_IMAGE | cv::CALIB_CB_FILTER_QUADS | cv::CALIB_CB_FAST_CHECK))
    return 0;
  double spacing = 1e9;
  for (int y = 0; y < board.rows; y++)
    for (int x = 0; x < board.columns; x++) {
      if (x + 1 < board.columns) spacing = std::min(spacing, cv::norm(corners[y * board.columns + x] - corners[y * board.columns + x + 1]));
      if (y + 1 < board.rows) spacing = std::min(spacing, cv::norm(corners[y * board.columns + x] - corners[(y + 1) * board.columns + x]));
    }
  // NB: the window must not reach the neighbouring corners.
  int window = std::min(11, std::max(2, (int)(spacing * 0.45)));
  cv::cornerSubPix(grey, corners, cv::Size(window, window), cv::Size(-1, -1),
                   cv::TermCriteria(cv::TermCriteria::COUNT + cv::TermCriteria::EPS, 60, 1e-4));

  auto swap_rows = [&] {
    for (int y = 0; y < board.rows / 2; y++)
      std::swap_ranges(corners.begin() + y * board.columns, corners.begin() + (y + 1) * board.columns, corners.begin() + (board.rows - 1 - y) * board.columns);
  };
  // Rows run down where columns run right, as on paper; then the dark square comes first, where half a turn changes the colours.
  if (handedness(corners, board.columns, board.rows) < 0) swap_rows();
  if (board.columns % 2 != board.rows % 2 && contrast(grey, corners, board.columns, board.rows) < 0) std::reverse(corners.begin(), corners.end());
  for (int i = 0; i < board.columns * board.rows; i++) ids.push_back(i);
  return (int)ids.size();
}
