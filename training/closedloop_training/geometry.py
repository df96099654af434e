"""Cameras as the program sees them: a pinhole with Brown-Conrady distortion, world to camera X_c = R X + t, metres.

A camera is a row of 21 numbers: fx, fy, cx, cy, k1, k2, p1, p2, k3, R (9, row by row), t (3). The centre of the top left
pixel is (0, 0), as in src/Core/Cameras/CameraCalibration.cs.
"""

import numpy as np

CAMERA_SIZE = 21


def project(points, camera):
    """Pixels (N, 2) and depths (N,) of points (N, 3) in metres. Depths at or below 0 are behind the camera."""
    fx, fy, cx, cy, k1, k2, p1, p2, k3 = camera[:9]
    rotation, translation = camera[9:18].reshape(3, 3), camera[18:21]
    local = points @ rotation.T + translation
    depth = local[:, 2]
    safe = np.maximum(depth, 1e-6)
    x, y = local[:, 0] / safe, local[:, 1] / safe
    r2 = x * x + y * y
    radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
    u = x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x)
    v = y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y
    return np.stack([cx + fx * u, cy + fy * v], axis=1), depth


def mirrored(layout):
    """For every keypoint name the index of its counterpart on the other side, or its own."""
    index = {name: i for i, name in enumerate(layout)}
    swap = {"L": "R", "R": "L"}
    return np.array([index.get(name[:-1] + swap.get(name[-1], ""), i) for i, name in enumerate(layout)])
