"""Reads what Label3D exports for DANNCE (`*_dannce.mat` and its videos) as a training set.

Conventions there (facts of DANNCE's and Label3D's sources): world points are rows, x_camera = X r + t, in mm; K is
transposed, and its principal point and all pixels count from 1; frames count from 0. Here: metres, columns, pixels
from 0 (closedloop_training/geometry.py).

Two rules that change pictures, so that the cameras here describe them exactly:

* A camera with skew (K[1, 0]) has its rows shifted by skew / fy times their distance from the principal point. Then it
  has none.
* Views are made smaller by averaging, never larger, to fit into `view` (640 x 480), and put in the middle of a black
  picture of 4 : 3, all of one size: as the program shows them to the localiser.

The animal's centre in a set is the mean of SpineF, SpineM and SpineL where all are labelled; else the file's `com` of
that sample; else the mean of what is labelled.
"""

import re
import tempfile
from pathlib import Path

import cv2
import numpy as np

from .dannce import RAT23
from .geometry import CAMERA_SIZE
from .matlab_files import read_mat
from .training_set import SPINE

VIDEO_TYPES = (".mp4", ".avi", ".mov", ".mkv", ".m4v")


def fail(path, said):
    raise SystemExit(f"{path}: {said}")


class Label3DProject:
    """Cameras and labels of a project, without pictures.

    camera_names; cameras (V, 21) without skew; skews (V) as shift of columns a row, and `centres_px` (V), the principal
    points' rows; names (K); keypoints (N, K, 3) in metres, NaN where not labelled; frames (N, V); samples (N); com (N, 3)
    in metres or NaN.
    """

    def __init__(self, path, names=None):
        self.path = Path(path)
        if not self.path.exists():
            raise SystemExit(f"there is no project {path}")
        content = read_mat(self.path)
        for key in ("params", "labelData"):
            if key not in content:
                fail(path, f"holds no '{key}'; export the project from Label3D for DANNCE (exportDannce)")
        parameters, labels = as_list(content["params"]), as_list(content["labelData"])
        self.camera_names = [str(name) for name in as_list(content.get("camnames", [f"Camera{i + 1}" for i in range(len(parameters))]))]
        if not len(parameters) == len(labels) == len(self.camera_names):
            fail(path, f"{len(self.camera_names)} cameras are named, {len(parameters)} are calibrated and {len(labels)} have labels")
        self.cameras = np.zeros((len(parameters), CAMERA_SIZE))
        self.skews = np.zeros(len(parameters))
        for i, parameter in enumerate(parameters):
            self.cameras[i], self.skews[i] = camera_of(parameter, path, self.camera_names[i])
        self.frames, self.samples, self.keypoints = [], None, None
        for name, label in zip(self.camera_names, labels):
            points = np.asarray(label["data_3d"], np.float64)
            if points.ndim != 2 or points.shape[1] % 3 or len(points) == 0:
                fail(path, f"the labels of {name} hold data_3d of {points.shape}; (frames, 3 keypoints) with at least one frame was expected")
            points = points.reshape(len(points), -1, 3) / 1000
            samples = np.asarray(label.get("data_sampleID", label["data_frame"]), np.int64).ravel()
            if self.keypoints is None:
                self.keypoints, self.samples = points, samples
            elif points.shape != self.keypoints.shape or not np.array_equal(samples, self.samples):
                fail(path, f"the labels of {name} are of other frames than those of {self.camera_names[0]}")
            self.frames.append(np.asarray(label["data_frame"], np.int64).ravel())
        self.frames = np.stack(self.frames, 1)
        # Label3D leaves what is not labelled NaN; older exports write zeros.
        self.keypoints[(self.keypoints == 0).all(-1)] = np.nan
        self.names = self._names(names, content)
        self.com = self._com(content.get("com"))
        self.labels = labels

    def _names(self, names, content):
        count = self.keypoints.shape[1]
        skeleton = content.get("skeleton")
        if names is None and isinstance(skeleton, dict) and "joint_names" in skeleton:
            names = [str(name) for name in as_list(skeleton["joint_names"])]
        if names is None:
            names = list(RAT23) if count == len(RAT23) else [f"Keypoint{i + 1:02}" for i in range(count)]
        if len(names) != count or len(set(names)) != count:
            fail(self.path, f"{count} keypoints are labelled, and {len(set(names))} different names are given for them")
        return list(names)

    def _com(self, com):
        found = np.full((len(self.samples), 3), np.nan)
        if isinstance(com, dict) and "com3d" in com:
            rows = {int(sample): i for i, sample in enumerate(np.asarray(com["sampleID"]).ravel())}
            for i, sample in enumerate(self.samples):
                if int(sample) in rows:
                    found[i] = np.asarray(com["com3d"], np.float64)[rows[int(sample)]] / 1000
        return found

    def centres(self):
        """(N, 3) in metres; see the head of this file."""
        points = self.keypoints
        with np.errstate(all="ignore"):
            labelled = np.isfinite(points).all(-1)
            centres = np.nansum(points, 1) / labelled.sum(1)[:, None]
        centres = np.where(np.isfinite(self.com), self.com, centres)
        if all(name in self.names for name in SPINE):
            spine = points[:, [self.names.index(name) for name in SPINE]].mean(1)
            centres = np.where(np.isfinite(spine), spine, centres)
        return centres


def as_list(value):
    if isinstance(value, list):
        return value
    return [value]


def camera_of(parameter, path, name):
    """A camera (21) without its skew, and the skew as a shift of columns a row."""
    try:
        k = np.asarray(parameter["K"], np.float64)
        rotation = np.asarray(parameter["r"] if "r" in parameter else parameter["R"], np.float64)
        translation = np.asarray(parameter["t"], np.float64).ravel()
        radial = np.asarray(parameter["RDistort"], np.float64).ravel()
        tangential = np.asarray(parameter["TDistort"], np.float64).ravel()
    except KeyError as missing:
        fail(path, f"the calibration of {name} lacks {missing}")
    if k.shape != (3, 3) or rotation.shape != (3, 3) or translation.size != 3 or radial.size not in (2, 3) or tangential.size != 2:
        fail(path, f"the calibration of {name} has other shapes than K 3x3, r 3x3, t 1x3, RDistort 1x2 or 1x3, TDistort 1x2")
    if abs(k[0, 2]) > 1e-6 or abs(k[1, 2]) > 1e-6 or abs(k[2, 2] - 1) > 1e-6:
        fail(path, f"K of {name} is not transposed as DANNCE keeps it: its last row should be cx, cy, 1")
    camera = np.zeros(CAMERA_SIZE)
    camera[:4] = k[0, 0], k[1, 1], k[2, 0] - 1, k[2, 1] - 1
    camera[4:9] = radial[0], radial[1], tangential[0], tangential[1], radial[2] if radial.size == 3 else 0
    camera[9:18], camera[18:21] = rotation.T.ravel(), translation / 1000
    return camera, k[1, 0] / k[1, 1]


class VideoFrames:
    """The frames of one camera: FOLDER/NAME.mp4, or FOLDER/NAME/ with files named by their first frame, as DANNCE has them."""

    def __init__(self, folder, name):
        folder = Path(folder)
        single = [folder / (name + kind) for kind in VIDEO_TYPES if (folder / (name + kind)).exists()]
        parts = sorted((int(file.stem), file) for file in (folder / name).glob("*") if file.suffix in VIDEO_TYPES and re.fullmatch(r"\d+", file.stem))
        self.parts = [(0, single[0])] if single else parts
        if not self.parts:
            raise SystemExit(f"{folder} holds no video of the camera {name}: neither {name}.mp4 nor {name}/0.mp4")

    def read(self, wanted):
        """Yields (frame, RGB picture) for every frame wanted, in rising order."""
        # NB: frames are counted, not sought: seeking lands on other frames in many files.
        wanted = sorted(set(int(frame) for frame in wanted))
        for index, (first, file) in enumerate(self.parts):
            end = self.parts[index + 1][0] if index + 1 < len(self.parts) else None
            here = [frame for frame in wanted if frame >= first and (end is None or frame < end)]
            if not here:
                continue
            video = cv2.VideoCapture(str(file))
            if not video.isOpened():
                raise SystemExit(f"{file} cannot be opened as a video")
            at = first
            for frame in here:
                while at <= frame:
                    if not video.grab():
                        raise SystemExit(f"{file} ends before frame {frame}, which is labelled")
                    at += 1
                good, picture = video.retrieve()
                if not good:
                    raise SystemExit(f"frame {frame} of {file} cannot be decoded")
                yield frame, cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
            video.release()


class Label3DSet:
    """The labelled frames of a project, as closedloop_training.training_set.TrainingSet has those of simulated sets."""

    def __init__(self, project, videos, view=(640, 480)):
        self.project, self.names, self.keypoints = project, project.names, project.keypoints.astype(np.float32)
        count, views = project.frames.shape
        self.centres = project.centres().astype(np.float32)
        self.has_animal = np.isfinite(self.centres).all(1)
        cameras, placings = project.cameras.copy(), []
        sources = [VideoFrames(videos, name) for name in project.camera_names]
        sizes = []
        for source, name, frames in zip(sources, project.camera_names, project.frames.T):
            _, picture = next(source.read(frames[:1]))
            sizes.append(picture.shape[1::-1])
        scales = [min(1.0, view[0] / width, view[1] / height) for width, height in sizes]
        shrunk = [(round(width * scale), round(height * scale)) for (width, height), scale in zip(sizes, scales)]
        unit = max(max(-(-width // 4), -(-height // 3)) for width, height in shrunk)
        self.width, self.height = 4 * unit, 3 * unit
        for camera, (width, height), small in zip(cameras, sizes, shrunk):
            across, down = small[0] / width, small[1] / height
            left, top = (self.width - small[0]) // 2, (self.height - small[1]) // 2
            camera[[0, 2]] = camera[0] * across, (camera[2] + 0.5) * across - 0.5 + left
            camera[[1, 3]] = camera[1] * down, (camera[3] + 0.5) * down - 0.5 + top
            placings.append((small, left, top))
        # Half a gigabyte for a hundred frames of six views: on the disk, for as long as the process lives.
        self._file = tempfile.TemporaryFile()
        self.images = np.memmap(self._file, np.uint8, "w+", shape=(count, views, self.height, self.width, 3))
        for v, source in enumerate(sources):
            rows = {}
            for row, frame in enumerate(project.frames[:, v]):
                rows.setdefault(int(frame), []).append(row)
            small, left, top = placings[v]
            for frame, picture in source.read(rows):
                if picture.shape[1::-1] != sizes[v]:
                    raise SystemExit(f"frame {frame} of {project.camera_names[v]} has another size than the one before it")
                picture = without_skew(picture, project.cameras[v], project.skews[v])
                if small != sizes[v]:
                    picture = cv2.resize(picture, small, interpolation=cv2.INTER_AREA)
                for row in rows[frame]:
                    self.images[row, v, top : top + small[1], left : left + small[0]] = picture
        self.cameras = np.repeat(cameras.astype(np.float32)[None], count, 0)

    def __len__(self):
        return len(self.keypoints)


def without_skew(picture, camera, skew):
    """Rows shifted so that the camera has none."""
    if skew == 0:
        return picture
    matrix = np.array([[1, skew, -skew * camera[3]], [0, 1, 0]])  # from the new picture to the old one
    return cv2.warpAffine(picture, matrix, picture.shape[1::-1], flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE)


class Part:
    """Some of a set's frames, and pictures of the arena without an animal (V, H, W, 3) for every fourth of them."""

    def __init__(self, data, rows, empty=None):
        self.names, self.images = data.names, PartImages(data.images, rows, empty)
        more = 0 if empty is None else max(1, len(rows) // 4)

        def extended(values, fill):
            return np.concatenate([values[rows], np.repeat(fill, more, 0)]) if more else values[rows]

        self.keypoints = extended(data.keypoints, np.full_like(data.keypoints[:1], np.nan))
        self.centres = extended(data.centres, np.full_like(data.centres[:1], np.nan))
        self.cameras = extended(data.cameras, data.cameras[:1])
        self.has_animal = np.isfinite(self.centres).all(1)

    def __len__(self):
        return len(self.keypoints)


class PartImages:
    """The pictures of a Part, left where they are until [set, view] asks for some."""

    def __init__(self, images, rows, empty):
        self.images, self.rows, self.empty = images, rows, empty
        self.shape = images.shape

    def __getitem__(self, place):
        row, view = place
        return np.asarray(self.images[self.rows[row], view]) if row < len(self.rows) else self.empty[view]


def empty_arena(data, rows):
    """The median of each view over the frames (V, H, W, 3): the arena without the animal.

    None where it would show the animal: of fewer than 8 frames, or where it is at one place in more than 40 of 100.
    """
    if len(rows) < 8:
        return None
    away = np.linalg.norm(data.centres[rows][:, None] - data.centres[rows][None], axis=-1)
    if (away < 0.1).mean(1).max() > 0.4:
        return None
    chosen = rows[np.linspace(0, len(rows) - 1, min(len(rows), 25)).astype(int)]
    return np.stack([np.median(data.images[chosen, v], 0).astype(np.uint8) for v in range(data.images.shape[1])])
