// ChArUco boards: markers by OpenCV, the layout and the corners between them here, so that boards drawn by OpenCV before
// and after 4.7 (which moved the first marker of boards with an even number of rows) are both read.
#include "calibration/board.hpp"

#include <opencv2/aruco.hpp>
#include <opencv2/calib3d.hpp>
#include <opencv2/imgproc.hpp>

using cv::Point2f;

Markers find_markers(const cv::Mat& grey, int dictionary) {
  Markers found;
  auto parameters = cv::aruco::DetectorParameters::create();
  // NB: refined marker corners would drift into the squares' corners that stand close by.
  parameters->cornerRefinementMethod = cv::aruco::CORNER_REFINE_NONE;
  cv::aruco::detectMarkers(grey, cv::aruco::getPredefinedDictionary(dictionary), found.corners, found.ids, parameters);
  // A number seen twice is a reflection or another board: neither is to be believed.
  Markers unique;
  for (size_t i = 0; i < found.ids.size(); i++)
    if (std::count(found.ids.begin(), found.ids.end(), found.ids[i]) == 1) {
      unique.ids.push_back(found.ids[i]);
      unique.corners.push_back(found.corners[i]);
    }
  return unique;
}

std::vector<cv::Point> marker_squares(int columns, int rows, int parity) {
  std::vector<cv::Point> squares;
  for (int y = 0; y < rows; y++)
    for (int x = 0; x < columns; x++)
      if ((x + y) % 2 == parity) squares.emplace_back(x, y);
  return squares;
}

static Point2f centre(const std::vector<Point2f>& corners) { return (corners[0] + corners[1] + corners[2] + corners[3]) / 4; }

int fit_layout(const Markers& markers, int columns, int rows, int parity, double* ratio, int* last) {
  auto squares = marker_squares(columns, rows, parity);
  std::vector<Point2f> places, seen;
  std::vector<int> which;
  for (size_t i = 0; i < markers.ids.size(); i++) {
    if (markers.ids[i] >= (int)squares.size()) continue;
    auto s = squares[markers.ids[i]];
    places.emplace_back(s.x + 0.5f, s.y + 0.5f);
    seen.push_back(centre(markers.corners[i]));
    which.push_back((int)i);
  }
  if (places.size() < 4) return 0;
  // In squares, not pixels: a third of a square leaves room for the lens and none for a neighbour.
  std::vector<uchar> fits;
  auto h = cv::findHomography(seen, places, cv::RANSAC, 0.33, fits);
  if (h.empty()) return 0;
  int count = 0, largest = -1;
  double sides = 0;
  for (size_t i = 0; i < fits.size(); i++) {
    if (!fits[i]) continue;
    std::vector<Point2f> corners;
    cv::perspectiveTransform(markers.corners[which[i]], corners, h);
    // Upright and not mirrored: the first corner is at the top left, the second at the top right.
    auto along = corners[1] - corners[0], down = corners[3] - corners[0];
    if (along.x <= 0 || down.y <= 0 || std::abs(along.y) > along.x || std::abs(down.x) > down.y) continue;
    for (int k = 0; k < 4; k++) sides += cv::norm(corners[(k + 1) % 4] - corners[k]) / 4;
    count++;
    largest = std::max(largest, markers.ids[which[i]]);
  }
  if (last) *last = largest;
  if (ratio) *ratio = count ? sides / count : 0;
  return count;
}

static double distance_to_side(Point2f p, Point2f a, Point2f b) {
  auto side = b - a;
  double along = std::clamp((p - a).dot(side) / std::max(1e-9, (double)side.dot(side)), 0.0, 1.0);
  return cv::norm(p - a - side * (float)along);
}

// The corners between squares whose two markers were both found. Returns how many; `ids` and `corners` receive them.
int find_charuco(const cv::Mat& grey, const cl_board& board, std::vector<int>& ids, std::vector<Point2f>& corners) {
  auto markers = find_markers(grey, board.dictionary);
  // NB: markers that do not lie as they should belong to another board, whose corners would get wrong numbers.
  if (markers.ids.size() < 4 || fit_layout(markers, board.columns, board.rows, board.parity, nullptr) * 10 < (int)markers.ids.size() * 7) return 0;
  auto squares = marker_squares(board.columns, board.rows, board.parity);
  cv::Mat_<int> at(board.rows, board.columns, -1);
  for (size_t i = 0; i < markers.ids.size(); i++)
    if (markers.ids[i] < (int)squares.size()) at(squares[markers.ids[i]].y, squares[markers.ids[i]].x) = (int)i;

  auto margin = (board.square - board.marker) / 2 / board.square, side = board.marker / board.square;
  std::vector<int> windows;
  for (int row = 1; row < board.rows; row++)
    for (int column = 1; column < board.columns; column++) {
      std::vector<Point2f> places, seen;
      double nearest = 1e9;
      for (int y = row - 1; y <= row; y++)
        for (int x = column - 1; x <= column; x++) {
          if (at(y, x) < 0) continue;
          static const int dx[] = {0, 1, 1, 0}, dy[] = {0, 0, 1, 1};
          for (int k = 0; k < 4; k++) {
            places.emplace_back((float)(x + margin + side * dx[k]), (float)(y + margin + side * dy[k]));
            seen.push_back(markers.corners[at(y, x)][k]);
          }
        }
      if (places.size() < 8) continue;
      // Two markers that touch the corner from opposite sides: the lens bends little between them.
      auto h = cv::findHomography(places, seen);
      if (h.empty()) continue;
      std::vector<Point2f> predicted, place = {Point2f((float)column, (float)row)};
      cv::perspectiveTransform(place, predicted, h);
      // NB: to the markers' sides, which seen obliquely come nearer than their corners do.
      for (size_t k = 0; k < seen.size(); k++) nearest = std::min(nearest, distance_to_side(predicted[0], seen[k], seen[k / 4 * 4 + (k + 1) % 4]));
      // NB: the window must reach neither the markers' sides nor the image's border, beyond which there is only guessing.
      double border = std::min(std::min(predicted[0].x, predicted[0].y), std::min(grey.cols - 1 - predicted[0].x, grey.rows - 1 - predicted[0].y));
      int window = std::min(10, (int)std::floor(std::min(nearest * 0.5, border - 2)));
      if (window < 2) continue;
      ids.push_back((row - 1) * (board.columns - 1) + column - 1);
      corners.push_back(predicted[0]);
      windows.push_back(window);
    }

  std::vector<int> kept_ids;
  std::vector<Point2f> kept;
  for (size_t i = 0; i < ids.size(); i++) {
    std::vector<Point2f> one = {corners[i]};
    cv::cornerSubPix(grey, one, cv::Size(windows[i], windows[i]), cv::Size(-1, -1),
                     cv::TermCriteria(cv::TermCriteria::COUNT + cv::TermCriteria::EPS, 60, 1e-4));
    // A corner that ran away was not there to be found.
    if (cv::norm(one[0] - corners[i]) > windows[i]) continue;
    kept_ids.push_back(ids[i]);
    kept.push_back(one[0]);
  }
  ids = kept_ids;
  corners = kept;
  return (int)ids.size();
}
