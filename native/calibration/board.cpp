// Boards for the managed side: found in an image, guessed where the named one is not there, drawn for the printer.
#include "calibration/board.hpp"

#include <opencv2/aruco.hpp>
#include <opencv2/calib3d.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "opencv/shim.hpp"

int find_charuco(const cv::Mat& grey, const cl_board& board, std::vector<int>& ids, std::vector<cv::Point2f>& corners);
int find_chessboard(const cv::Mat& grey, const cl_board& board, std::vector<int>& ids, std::vector<cv::Point2f>& corners);

int inner_columns(const cl_board& board) { return board.kind == CL_CHARUCO ? board.columns - 1 : board.columns; }
int inner_rows(const cl_board& board) { return board.kind == CL_CHARUCO ? board.rows - 1 : board.rows; }

static cv::Mat wrap(const uint8_t* grey, int width, int height) { return cv::Mat(height, width, CV_8U, const_cast<uint8_t*>(grey)); }

// Finds the corners: `ids` and `pixels` (u, v) have room for all of the board. Returns how many, or -1.
CL_API int cl_board_find(const uint8_t* grey, int width, int height, const cl_board* board, int mirrored, int* ids, double* pixels) {
  return cl_guarded(-1, [&] {
    auto image = wrap(grey, width, height);
    if (mirrored) {
      cv::Mat flipped;
      cv::flip(image, flipped, 1);
      image = flipped;
    }
    std::vector<int> numbers;
    std::vector<cv::Point2f> corners;
    int count = board->kind == CL_CHARUCO ? find_charuco(image, *board, numbers, corners) : find_chessboard(image, *board, numbers, corners);
    for (int i = 0; i < count; i++) {
      ids[i] = numbers[i];
      pixels[2 * i] = corners[i].x;
      pixels[2 * i + 1] = corners[i].y;
    }
    return count;
  });
}

// How many markers of the board's dictionary there are, how many of them lie as the board's layout has them, and what
// their sides measure in squares.
CL_API int cl_board_markers(const uint8_t* grey, int width, int height, const cl_board* board, int* fitting, double* ratio) {
  return cl_guarded(-1, [&] {
    auto markers = find_markers(wrap(grey, width, height), board->dictionary);
    *fitting = fit_layout(markers, board->columns, board->rows, board->parity, ratio);
    return (int)markers.ids.size();
  });
}

// The smallest chessboard or ChArUco board that explains an image, whatever was asked for. `guess` receives it (sizes in
// mm are left alone); returns the number of its corners or markers seen, 0 for none, -1 for an error.
CL_API int cl_board_guess(const uint8_t* grey, int width, int height, cl_board* guess, double* ratio) {
  return cl_guarded(-1, [&] {
    auto image = wrap(grey, width, height);
    using namespace cv::aruco;
    static const int families[][4] = {{DICT_4X4_50, DICT_4X4_100, DICT_4X4_250, DICT_4X4_1000}, {DICT_5X5_50, DICT_5X5_100, DICT_5X5_250, DICT_5X5_1000},
                                      {DICT_6X6_50, DICT_6X6_100, DICT_6X6_250, DICT_6X6_1000}, {DICT_7X7_50, DICT_7X7_100, DICT_7X7_250, DICT_7X7_1000},
                                      {DICT_ARUCO_ORIGINAL, -1, -1, DICT_ARUCO_ORIGINAL},       {DICT_APRILTAG_36h11, -1, -1, DICT_APRILTAG_36h11}};
    static const int sizes[] = {50, 100, 250, 1000};
    Markers best;
    const int* family = nullptr;
    for (auto& candidate : families) {
      auto markers = find_markers(image, candidate[3]);
      if (markers.ids.size() > best.ids.size()) best = markers, family = candidate;
    }
    if (best.ids.size() >= 4) {
      guess->kind = CL_CHARUCO;
      int most = 0, last = -1, highest = *std::max_element(best.ids.begin(), best.ids.end());
      guess->columns = guess->rows = 0;
      for (int columns = 2; columns <= 30; columns++)
        for (int parity = 1; parity >= 0; parity--) {
          double side = 0;
          int fitting = -1, fits = fit_layout(best, columns, 2 * (highest + 1) / columns + 2, parity, &side, &fitting);
          if (fits > most && side < 1) most = fits, last = fitting, guess->columns = columns, guess->parity = parity, *ratio = side;
        }
      // NB: by the markers that lie right alone: a large dictionary finds one here and there that is none.
      while (guess->columns && (int)marker_squares(guess->columns, guess->rows, guess->parity).size() <= last) guess->rows++;
      guess->dictionary = family[3];
      for (int i = 3; i >= 0; i--)
        if (family[i] >= 0 && (i == 3 || last < sizes[i])) guess->dictionary = family[i];
      // Too few for a layout, yet markers for certain.
      if (most < 4 || most * 10 < (int)best.ids.size() * 6) guess->columns = guess->rows = 0;
      return (int)best.ids.size();
    }
    cv::Mat corners, meta;
    if (cv::findChessboardCornersSB(image, cv::Size(3, 3), corners, cv::CALIB_CB_LARGER | cv::CALIB_CB_EXHAUSTIVE | cv::CALIB_CB_NORMALIZE_IMAGE, meta)) {
      guess->kind = CL_CHESSBOARD;
      guess->columns = std::max(meta.cols, meta.rows);
      guess->rows = std::min(meta.cols, meta.rows);
      return guess->columns * guess->rows;
    }
    return 0;
  });
}

// The number of markers in a dictionary; 0 for one that there is not.
CL_API int cl_dictionary_size(int dictionary) {
  return cl_guarded(0, [&] { return cv::aruco::getPredefinedDictionary(dictionary)->bytesList.rows; });
}

// Draws the board, `scale` pixels a square with a margin of one half, into grey pixels of (columns + 1) x (rows + 1)
// squares (ChArUco) or (columns + 2) x (rows + 2) squares (chessboard, whose squares are one more than its corners).
CL_API int cl_board_draw(const cl_board* board, int scale, uint8_t* grey) {
  return cl_guarded((int)CL_ERROR, [&] {
    int across = inner_columns(*board) + 1, down = inner_rows(*board) + 1;
    cv::Mat image = wrap(grey, (across + 1) * scale, (down + 1) * scale);
    image.setTo(255);
    int margin = scale / 2;
    bool charuco = board->kind == CL_CHARUCO;
    for (int y = 0; y < down; y++)
      for (int x = 0; x < across; x++)
        if (charuco ? (x + y) % 2 != board->parity : (x + y) % 2 == 0)
          image(cv::Rect(margin + x * scale, margin + y * scale, scale, scale)).setTo(0);
    if (charuco) {
      auto dictionary = cv::aruco::getPredefinedDictionary(board->dictionary);
      int side = (int)std::lround(scale * board->marker / board->square), id = 0;
      for (auto& s : marker_squares(board->columns, board->rows, board->parity)) {
        cv::Mat marker;
        cv::aruco::drawMarker(dictionary, id++, side, marker, 1);
        marker.copyTo(image(cv::Rect(margin + s.x * scale + (scale - side) / 2, margin + s.y * scale + (scale - side) / 2, side, side)));
      }
    }
    return (int)CL_OK;
  });
}
