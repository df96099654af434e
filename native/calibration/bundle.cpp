// The bundle adjustment: all lenses, all camera poses and all board poses at once, under a robust loss.
#include <ceres/ceres.h>
#include <ceres/rotation.h>

#include "opencv/shim.hpp"

namespace {

// What a corner's predicted place misses the pixel by that was found. Poses are rotation vector and translation;
// a camera's leads from the arena to the camera, a board's from the board to the arena.
struct Reprojection {
  double point[3], pixel[2];

  template <class T>
  bool operator()(const T* lens, const T* camera, const T* board, T* residual) const {
    T corner[3] = {T(point[0]), T(point[1]), T(point[2])}, arena[3], seen[3];
    ceres::AngleAxisRotatePoint(board, corner, arena);
    for (int k = 0; k < 3; k++) arena[k] += board[3 + k];
    ceres::AngleAxisRotatePoint(camera, arena, seen);
    for (int k = 0; k < 3; k++) seen[k] += camera[3 + k];
    // NB: a corner behind its camera has no projection; Ceres then takes a shorter step.
    if (!(seen[2] > T(1e-6))) return false;
    T x = seen[0] / seen[2], y = seen[1] / seen[2], r2 = x * x + y * y;
    T radial = T(1) + r2 * (lens[4] + r2 * (lens[5] + r2 * lens[8]));
    residual[0] = lens[0] * (x * radial + T(2) * lens[6] * x * y + lens[7] * (r2 + T(2) * x * x)) + lens[2] - T(pixel[0]);
    residual[1] = lens[1] * (y * radial + lens[6] * (r2 + T(2) * y * y) + T(2) * lens[7] * x * y) + lens[3] - T(pixel[1]);
    return true;
  }
};

struct Stop : ceres::IterationCallback {
  const volatile int* cancelled;
  ceres::CallbackReturnType operator()(const ceres::IterationSummary&) override {
    return cancelled && *cancelled ? ceres::SOLVER_ABORT : ceres::SOLVER_CONTINUE;
  }
};

}  // namespace

enum { FIX_LENS = 1, FIX_POSE = 2, FIX_K3 = 4 };
enum { BOARDS_MOVE = 0, BOARDS_ARE_POINTS = 1, BOARDS_STAY = 2 };

// Minimises the reprojection errors of `count` corners. `lenses` 9 and `poses` 6 numbers a camera, `boards` 6 a board;
// `fixed` per camera, which of them stay (FIX_...); `board_mode`: boards move, or are single points and do not turn, or stay.
// `loss_px`: beyond it a corner pulls with a constant force (Huber). `result`: first and last cost, iterations, converged.
CL_API int cl_bundle_adjust(int cameras, double* lenses, double* poses, const int* fixed, int board_count, double* boards, int board_mode, int count,
                            const int* camera_of, const int* board_of, const double* corners, const double* pixels, double loss_px,
                            int iterations, int threads, const int* cancelled, double* result) {
  return cl_guarded((int)CL_ERROR, [&] {
    ceres::Problem::Options ownership;
    ceres::HuberLoss huber(loss_px);
    ownership.loss_function_ownership = ceres::DO_NOT_TAKE_OWNERSHIP;
    ceres::Problem problem(ownership);
    auto ordering = std::make_shared<ceres::ParameterBlockOrdering>();
    std::vector<char> used_camera(cameras), used_board(board_count);
    for (int i = 0; i < count; i++) {
      auto* cost = new Reprojection{{corners[3 * i], corners[3 * i + 1], corners[3 * i + 2]}, {pixels[2 * i], pixels[2 * i + 1]}};
      int c = camera_of[i], b = board_of[i];
      problem.AddResidualBlock(new ceres::AutoDiffCostFunction<Reprojection, 2, 9, 6, 6>(cost), &huber, lenses + 9 * c, poses + 6 * c, boards + 6 * b);
      used_camera[c] = used_board[b] = 1;
    }
    for (int c = 0; c < cameras; c++) {
      if (!used_camera[c]) continue;
      ordering->AddElementToGroup(lenses + 9 * c, 1);
      ordering->AddElementToGroup(poses + 6 * c, 1);
      if (fixed[c] & FIX_LENS) problem.SetParameterBlockConstant(lenses + 9 * c);
      else if (fixed[c] & FIX_K3) problem.SetManifold(lenses + 9 * c, new ceres::SubsetManifold(9, {8}));
      if (fixed[c] & FIX_POSE) problem.SetParameterBlockConstant(poses + 6 * c);
    }
    for (int b = 0; b < board_count; b++) {
      if (!used_board[b]) continue;
      ordering->AddElementToGroup(boards + 6 * b, 0);
      if (board_mode == BOARDS_STAY) problem.SetParameterBlockConstant(boards + 6 * b);
      if (board_mode == BOARDS_ARE_POINTS) problem.SetManifold(boards + 6 * b, new ceres::SubsetManifold(6, {0, 1, 2}));
    }
    ceres::Solver::Options options;
    options.linear_solver_type = ceres::DENSE_SCHUR;
    options.linear_solver_ordering = ordering;
    options.max_num_iterations = iterations;
    options.function_tolerance = 1e-10;
    options.parameter_tolerance = 1e-10;
    options.gradient_tolerance = 1e-12;
    options.num_threads = threads;
    options.logging_type = ceres::SILENT;
    Stop stop;
    stop.cancelled = cancelled;
    options.callbacks.push_back(&stop);
    ceres::Solver::Summary summary;
    ceres::Solve(options, &problem, &summary);
    if (summary.termination_type == ceres::FAILURE) {
      cl_set_error(summary.message);
      return (int)CL_ERROR;
    }
    result[0] = summary.initial_cost;
    result[1] = summary.final_cost;
    result[2] = summary.num_successful_steps + summary.num_unsuccessful_steps;
    result[3] = summary.termination_type == ceres::CONVERGENCE;
    return (int)CL_OK;
  });
}
