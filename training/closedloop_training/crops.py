"""Crops about the animal, as the program cuts them, and what the networks are to answer."""

import cv2
import numpy as np
import torch
from torch.utils.data import Dataset, get_worker_info

from .augment import occlude, photometric
from .geometry import mirrored, project

CROP_SIZE_M = 0.28
CROP_PX = 96
CELLS = 48


class CropWindow:
    """A square of an image, side and centre in pixels, turned by an angle; the program's own are never turned."""

    def __init__(self, centre, side, angle=0.0):
        self.centre, self.side = np.asarray(centre, np.float64), side
        cos, sin = np.cos(angle), np.sin(angle)
        self.turn = np.array([[cos, -sin], [sin, cos]])

    def cut(self, image, size=CROP_PX):
        """Bilinear samples of the image, 0 outside. Crop pixel i samples centre + ((i + 0.5) / size - 0.5) side."""
        a = self.turn * (self.side / size)
        b = self.centre - a @ np.full(2, (size - 1) / 2)
        matrix = np.hstack([a, b[:, None]])
        return cv2.warpAffine(image, matrix, (size, size), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderValue=0)

    def cells(self, pixels, cells=CELLS):
        """Where pixels lie in the heatmap, in cells; the centre of cell j is j."""
        return ((pixels - self.centre) @ self.turn / self.side + 0.5) * cells - 0.5


def window_about(centre_m, camera, size_m=CROP_SIZE_M):
    """The program's crop about a point of the arena, metres."""
    pixels, depth = project(centre_m[None], camera)
    return CropWindow(pixels[0], size_m * 0.5 * (camera[0] + camera[1]) / max(depth[0], 1e-3))


class CropDataset(Dataset):
    """Random crops of one random view of a set, with random windows, looks and mirror images.

    Each item: crop (3, 96, 96) uint8, where the keypoints are in the heatmap (K, 2) in cells, whether each is inside.
    emphasis: {behaviour: how many times as often as the others its sets are drawn}.
    """

    def __init__(self, training_set, length, seed, augment=True, emphasis=None):
        self.data, self.length, self.seed, self.augment = training_set, length, seed, augment
        self.sets = np.flatnonzero(training_set.has_animal)
        weights = np.ones(len(self.sets))
        for behaviour, weight in (emphasis or {}).items():
            weights[training_set.behaviours[self.sets] == behaviour] = weight
        self.shares = np.cumsum(weights / weights.sum())
        self.shares[-1] = 1.0
        # NB: a skeleton without names of two sides cannot be mirrored: its left paw would be called right.
        self.mirror = mirrored(training_set.names)
        self.mirrors = bool((self.mirror != np.arange(len(self.mirror))).any())

    def __len__(self):
        return self.length

    def __getitem__(self, item):
        random = np.random.default_rng((self.seed, item))
        index = self.sets[np.searchsorted(self.shares, random.random())]
        view = random.integers(self.data.images.shape[1])
        image, camera = self.data.images[index, view], self.data.cameras[index, view].astype(np.float64)
        keypoints = self.data.keypoints[index].astype(np.float64)
        centre = self.data.centres[index].astype(np.float64)
        if self.augment:
            # The localiser's error, now and then a bad one.
            centre = centre + random.normal(0, 0.025 if random.random() < 0.15 else 0.008, 3)
        window = window_about(centre, camera)
        if self.augment:
            window = CropWindow(window.centre, window.side * random.uniform(0.82, 1.22), random.normal(0, 0.15))
        crop = window.cut(image)
        cells = window.cells(project(keypoints, camera)[0])
        if self.augment:
            if random.random() < 0.5 and self.mirrors:
                crop = np.ascontiguousarray(crop[:, ::-1])
                cells[:, 0] = CELLS - 1 - cells[:, 0]
                cells = cells[self.mirror]
            crop = photometric(occlude(crop, random), random)
        inside = ((cells > -0.5) & (cells < CELLS - 0.5)).all(axis=1)
        # Keypoints that nobody has labelled are outside; a number, for 0 times NaN is not 0.
        cells = np.nan_to_num(cells, nan=-100.0)
        return (torch.from_numpy(np.ascontiguousarray(crop.transpose(2, 0, 1))), torch.from_numpy(cells.astype(np.float32)),
                torch.from_numpy(inside))


def targets(cells, size=CELLS, sd=0.8):
    """Gaussians about positions (..., 2) in cells, each a probability over size x size cells."""
    axis = torch.arange(size, dtype=cells.dtype, device=cells.device)
    x = torch.exp(-0.5 * ((axis - cells[..., 0:1]) / sd) ** 2)
    y = torch.exp(-0.5 * ((axis - cells[..., 1:2]) / sd) ** 2)
    x, y = x / x.sum(-1, keepdim=True).clamp_min(1e-9), y / y.sum(-1, keepdim=True).clamp_min(1e-9)
    return y[..., :, None] * x[..., None, :]


def single_threaded_worker(_):
    """Loader processes that each use one core."""
    cv2.setNumThreads(0)
    torch.set_num_threads(1)
    assert get_worker_info() is not None
