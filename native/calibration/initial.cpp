// First values for the bundle adjustment: one camera's lens, and one board's pose before it.
#include <opencv2/calib3d.hpp>

#include "opencv/shim.hpp"

static cv::Mat matrix_of(const double* k) { return (cv::Mat_<double>(3, 3) << k[0], 0, k[2], 0, k[1], k[3], 0, 0, 1); }
static cv::Mat distortion_of(const double* k) { return (cv::Mat_<double>(1, 5) << k[4], k[5], k[6], k[7], k[8]); }

// Calibrates one camera alone. Views hold `counts[v]` corners each, their board coordinates (x, y, z) and pixels (u, v)
// one after the other. `lens` receives fx fy cx cy k1 k2 p1 p2 k3; `poses` (may be null) 6 numbers a view; `rms` OpenCV's.
CL_API int cl_calibrate_camera(int width, int height, int views, const int* counts, const double* points, const double* pixels, double* lens, double* poses, double* rms) {
  return cl_guarded((int)CL_ERROR, [&] {
    std::vector<std::vector<cv::Point3f>> objects;
    std::vector<std::vector<cv::Point2f>> images;
    for (int v = 0, i = 0; v < views; v++) {
      objects.emplace_back();
      images.emplace_back();
      for (int k = 0; k < counts[v]; k++, i++) {
        objects.back().emplace_back((float)points[3 * i], (float)points[3 * i + 1], (float)points[3 * i + 2]);
        images.back().emplace_back((float)pixels[2 * i], (float)pixels[2 * i + 1]);
      }
    }
    cv::Mat matrix, distortion;
    std::vector<cv::Mat> rotations, translations;
    *rms = cv::calibrateCamera(objects, images, cv::Size(width, height), matrix, distortion, rotations, translations, 0,
                               cv::TermCriteria(cv::TermCriteria::COUNT + cv::TermCriteria::EPS, 60, 1e-9));
    lens[0] = matrix.at<double>(0, 0);
    lens[1] = matrix.at<double>(1, 1);
    lens[2] = matrix.at<double>(0, 2);
    lens[3] = matrix.at<double>(1, 2);
    for (int k = 0; k < 5; k++) lens[4 + k] = distortion.at<double>(k);
    if (poses)
      for (int v = 0; v < views; v++)
        for (int k = 0; k < 3; k++) poses[6 * v + k] = rotations[v].at<double>(k), poses[6 * v + 3 + k] = translations[v].at<double>(k);
    return (int)CL_OK;
  });
}

// The pose (rotation vector, translation) of points before a camera. `planar`: they all have z = 0.
CL_API int cl_solve_pose(const double* lens, int count, const double* points, const double* pixels, int planar, double* pose) {
  return cl_guarded((int)CL_ERROR, [&] {
    cv::Mat objects(count, 3, CV_64F, const_cast<double*>(points)), images(count, 2, CV_64F, const_cast<double*>(pixels));
    cv::Mat matrix = matrix_of(lens), distortion = distortion_of(lens), rotation, translation;
    bool found = cv::solvePnP(objects, images, matrix, distortion, rotation, translation, false, planar ? cv::SOLVEPNP_IPPE : cv::SOLVEPNP_SQPNP);
    if (found) cv::solvePnPRefineLM(objects, images, matrix, distortion, rotation, translation);
    if (!found || !cv::checkRange(rotation) || !cv::checkRange(translation)) {
      cl_set_error("no pose explains these points");
      return (int)CL_ERROR;
    }
    for (int k = 0; k < 3; k++) pose[k] = rotation.at<double>(k), pose[3 + k] = translation.at<double>(k);
    return (int)CL_OK;
  });
}
