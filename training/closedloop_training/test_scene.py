"""Small scenes with known answers: cameras on a ring and pictures of blobs. For stored samples and for tests."""

import cv2
import numpy as np

from .geometry import project


def ring_of_cameras(count, distance_m, reach_m, width, height):
    """Cameras (count, 21) on a ring, looking down at the origin; a sphere of radius reach_m fills most of their views."""
    cameras = np.zeros((count, 21))
    focal = 0.42 * min(width, height) * distance_m / reach_m
    for i in range(count):
        angle = 2 * np.pi * i / count + 0.3
        place = distance_m * np.array([0.8 * np.cos(angle), 0.8 * np.sin(angle), 0.6])
        forwards = -place / np.linalg.norm(place)
        right = np.cross(forwards, [0, 0, 1.0])
        right /= np.linalg.norm(right)
        rotation = np.stack([right, np.cross(forwards, right), forwards])
        cameras[i, :4] = focal, 1.02 * focal, (width - 1) / 2 + 1.3, (height - 1) / 2 - 0.8
        cameras[i, 4:9] = -0.12, 0.03, 0.001, -0.0015, 0.002
        cameras[i, 9:18], cameras[i, 18:21] = rotation.ravel(), -rotation @ place
    return cameras


def colour_of(index):
    """A colour for a keypoint: far from those of its neighbours in the list."""
    hue = np.uint8([[[(index * 67) % 180, 230, 255]]])
    return tuple(int(c) for c in cv2.cvtColor(hue, cv2.COLOR_HSV2RGB)[0, 0])


def picture_of(points, camera, width, height, radius_m, random):
    """Points of the arena (K, 3) as coloured discs before a noisy grey ground: (height, width, 3) uint8 RGB."""
    image = random.integers(90, 130, (height, width, 3)).astype(np.uint8)
    pixels, depth = project(points, camera)
    for index in np.argsort(-depth):
        if depth[index] <= 0 or not np.isfinite(pixels[index]).all():
            continue
        centre = tuple(int(round(8 * c)) for c in np.clip(pixels[index], -1e4, 1e4))
        radius = max(1, int(round(8 * radius_m * camera[0] / depth[index])))
        cv2.circle(image, centre, radius, colour_of(int(index)), -1, cv2.LINE_AA, 3)
    return image
