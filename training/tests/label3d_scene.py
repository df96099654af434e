"""Writes a small Label3D project as DANNCE reads it: coloured marks on a moving animal, videos, calibration, labels."""

from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
from scipy.io import savemat

from closedloop_training.test_scene import colour_of, picture_of, ring_of_cameras

NAMES = ["Snout", "EarL", "EarR", "SpineF", "SpineM", "SpineL"]
# About the middle of the back, metres.
BODY = np.array([[0.07, 0, 0.01], [0.05, 0.03, 0.02], [0.05, -0.03, 0.02], [0.03, 0, 0.03], [0, 0, 0.03], [-0.04, 0, 0.02]])


def write_project(folder, frames=12, size=(160, 120), skew=0.0, radius_m=0.008, parts=None, version73=False, names=NAMES, seed=3, reach_m=0.05):
    """The project, with its truth. parts: frames a video file; skew: of the second camera, columns a row; reach_m: how far
    the animal goes."""
    folder, random = Path(folder), np.random.default_rng(seed)
    width, height = size
    cameras = ring_of_cameras(3, 0.8, 0.1 + reach_m, width, height)
    angles = random.uniform(0, 2 * np.pi, frames)
    # Spread over a disc as a sunflower's seeds are, in any order.
    turn, away = 2.4 * np.arange(frames), reach_m * np.sqrt((np.arange(frames) + 0.5) / frames)
    places = random.permutation(np.stack([away * np.cos(turn), away * np.sin(turn)], 1))
    keypoints = np.zeros((frames, len(BODY), 3))
    for f in range(frames):
        cos, sin = np.cos(angles[f]), np.sin(angles[f])
        keypoints[f] = BODY @ np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]]) + [*places[f], 0]
    labelled = keypoints.copy()
    labelled[1, 5] = np.nan
    parameters, labels, sync = [], [], []
    for v, camera in enumerate(cameras):
        slope = skew if v == 1 else 0.0
        pictures = [picture_of(keypoints[f], camera, width, height, radius_m, random) for f in range(frames)]
        if slope:
            shift = np.array([[1, -slope, slope * camera[3]], [0, 1, 0]])
            pictures = [cv2.warpAffine(p, shift, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP) for p in pictures]
        for first in range(0, frames, parts or frames):
            file = folder / f"Camera{v + 1}" / f"{first}.avi" if parts else folder / f"Camera{v + 1}.avi"
            file.parent.mkdir(exist_ok=True)
            video = cv2.VideoWriter(str(file), cv2.VideoWriter_fourcc(*"MJPG"), 50, (width, height))
            for p in pictures[first : first + (parts or frames)]:
                video.write(cv2.cvtColor(p, cv2.COLOR_RGB2BGR))
            video.release()
        fx, fy, cx, cy, k1, k2, p1, p2, k3 = camera[:9]
        parameters.append(dict(K=np.array([[fx, 0, 0], [slope * fy, fy, 0], [cx + 1, cy + 1, 1]]), RDistort=np.array([[k1, k2, k3]]),
                               TDistort=np.array([[p1, p2]]), r=camera[9:18].reshape(3, 3).T, t=1000 * camera[18:21][None]))
        table = dict(data_3d=1000 * labelled.reshape(frames, -1), data_2d=np.full((frames, 2 * len(BODY)), np.nan),
                     data_frame=np.arange(frames)[:, None], data_sampleID=10 * np.arange(frames)[:, None] + 1)
        labels.append(table)
        sync.append(table)
    content = dict(camnames=[f"Camera{v + 1}" for v in range(len(cameras))], params=parameters, labelData=labels, sync=sync,
                   skeleton=dict(joint_names=list(names)))
    project = folder / "test_dannce.mat"
    write_v73(project, content) if version73 else savemat(str(project), {name: cells(value) for name, value in content.items()})

    def centre_of_colour(image, keypoint):
        away = np.abs(image.astype(float) - colour_of(keypoint)).sum(-1)
        weight = np.clip(1 - away / 160, 0, None)
        rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
        return np.array([(columns * weight).sum(), (rows * weight).sum()]) / weight.sum()

    return SimpleNamespace(project=project, keypoints=keypoints, cameras=cameras, names=list(names), centre_of_colour=centre_of_colour)


def cells(value):
    """Lists as MATLAB's cells."""
    if isinstance(value, list):
        array = np.empty((len(value), 1), object)
        for i, entry in enumerate(value):
            array[i, 0] = cells(entry)
        return array
    return {name: cells(entry) for name, entry in value.items()} if isinstance(value, dict) else value


def write_v73(path, content):
    """The layout of MATLAB 7.3: HDF5 with rows and columns exchanged, cells as references."""
    import h5py

    with h5py.File(path, "w", userblock_size=512) as file:
        kept = file.create_group("#refs#")

        def write(parent, name, value):
            if isinstance(value, dict):
                group = parent.create_group(name)
                group.attrs["MATLAB_class"] = np.bytes_("struct")
                for key, entry in value.items():
                    write(group, key, entry)
                return group
            if isinstance(value, list):
                references = [write(kept, f"r{len(kept)}_{i}", entry).ref for i, entry in enumerate(value)]
                node = parent.create_dataset(name, data=np.array(references, h5py.ref_dtype)[None], dtype=h5py.ref_dtype)
                node.attrs["MATLAB_class"] = np.bytes_("cell")
            elif isinstance(value, str):
                node = parent.create_dataset(name, data=np.array([[ord(c)] for c in value], np.uint16))
                node.attrs["MATLAB_class"] = np.bytes_("char")
            else:
                node = parent.create_dataset(name, data=np.asarray(value, np.float64).T)
                node.attrs["MATLAB_class"] = np.bytes_("double")
            return node

        for name, value in content.items():
            write(file, name, value)
    with open(path, "r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file, a test".ljust(128))
