// Calibration boards. Corners are numbered row by row from the top left of the board as printed; a chessboard's origin
// is settled by its colours, a ChArUco board's by its markers.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

enum { CL_CHESSBOARD = 0, CL_CHARUCO = 1 };

// As the managed side lays it out.
struct cl_board {
  int kind;
  int columns;     // chessboard: inner corners along a row; ChArUco: squares along a row
  int rows;
  int dictionary;  // cv::aruco::PREDEFINED_DICTIONARY_NAME; ChArUco alone
  int parity;      // ChArUco: a square (x, y) from the top left holds a marker where (x + y) % 2 == parity
  int reserved;
  double square;   // mm
  double marker;   // mm; ChArUco alone
};

struct Markers {
  std::vector<int> ids;
  std::vector<std::vector<cv::Point2f>> corners;
};

Markers find_markers(const cv::Mat& grey, int dictionary);

// The square (x, y) of each marker of a layout, in the order of their numbers.
std::vector<cv::Point> marker_squares(int columns, int rows, int parity);

// How many markers lie where a layout has them, seen through one homography; `ratio` is what their sides measure in squares,
// `last` receives the largest number among them. Both may be null.
int fit_layout(const Markers& markers, int columns, int rows, int parity, double* ratio, int* last = nullptr);

int inner_columns(const cl_board& board);
int inner_rows(const cl_board& board);
