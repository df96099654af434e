"""The training sets that `closedloop simulate --training-set` writes."""

import json
from pathlib import Path

import numpy as np

from .geometry import CAMERA_SIZE

SPINE = ("SpineF", "SpineM", "SpineL")


class JoinedImages:
    """The images of several folders as if they were one array: [set, view]."""

    def __init__(self, parts):
        self.parts, self.starts = parts, np.cumsum([0] + [len(part) for part in parts])
        self.shape = (int(self.starts[-1]), *parts[0].shape[1:])

    def __getitem__(self, place):
        index = place[0] if isinstance(place, tuple) else place
        part = int(np.searchsorted(self.starts, index, side="right")) - 1
        row = int(index - self.starts[part])
        return self.parts[part][(row, *place[1:]) if isinstance(place, tuple) else row]


def joined(folders):
    """One training set of several folders, "A,B": the sets of A, then those of B."""
    sets = [TrainingSet(folder) for folder in str(folders).split(",")]
    first = sets[0]
    for other, folder in zip(sets[1:], str(folders).split(",")[1:]):
        if other.names != first.names or other.images.shape[1:] != first.images.shape[1:]:
            raise SystemExit(f"{folder} cannot be joined: its keypoints, cameras or image sizes are others than those of the first folder")
    if len(sets) > 1:
        first.images = JoinedImages([part.images for part in sets])
        for what in ("keypoints", "cameras", "centres", "has_animal"):
            setattr(first, what, np.concatenate([getattr(part, what) for part in sets]))
        known = all(part.behaviours is not None for part in sets)
        first.behaviours = np.concatenate([part.behaviours for part in sets]) if known else None
    return first


class TrainingSet:
    """Images (N, V, H, W, 3) uint8, keypoints (N, K, 3) in metres (NaN: no animal), cameras (N, V, 21)."""

    def __init__(self, folder):
        folder = Path(folder)
        meta = folder / "meta.json"
        if not meta.exists():
            raise SystemExit(f"{folder} is no training set: it has no meta.json; make one with 'closedloop simulate --training-set'")
        self.meta = json.loads(meta.read_text())
        count, views = int(self.meta["sets"]), int(self.meta["cameras"])
        height, width = int(self.meta["height_px"]), int(self.meta["width_px"])
        self.names = list(self.meta["keypoints"])
        shape = (count, views, height, width, 3)
        self.images = np.memmap(folder / "images.bin", np.uint8, "r", shape=shape)
        self.keypoints = np.fromfile(folder / "keypoints.bin", np.float32, count * len(self.names) * 3).reshape(count, len(self.names), 3)
        self.cameras = np.fromfile(folder / "cameras.bin", np.float32, count * views * CAMERA_SIZE).reshape(count, views, CAMERA_SIZE)
        self.centres = self.keypoints[:, [self.names.index(name) for name in SPINE]].mean(axis=1)
        lives, behaviours = folder / "lives.bin", self.meta.get("behaviours", [])
        self.behaviours = None
        if lives.exists() and behaviours:
            numbers = np.fromfile(lives, np.int32).reshape(-1, 2)[:count, 1]
            self.behaviours = np.array([behaviours[number] if number >= 0 else "" for number in numbers])
        self.has_animal = np.isfinite(self.centres).all(axis=1)

    def __len__(self):
        return len(self.keypoints)
