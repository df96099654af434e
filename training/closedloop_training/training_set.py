"""The training sets that `closedloop simulate --training-set` writes."""

import json
from pathlib import Path

import numpy as np

from .geometry import CAMERA_SIZE

SPINE = ("SpineF", "SpineM", "SpineL")


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
