"""Puts trained keypoint networks into model folders that the program loads.

    python3 training/export_keypoints.py fast --localiser localiser.pt --heatmaps heatmaps.pt --pose pose.pt --data SET --out models/keypoints-fast
    python3 training/export_keypoints.py volumetric --localiser localiser.pt --volumetric volumetric.pt --pose pose-volumetric.pt --data SET --out models/keypoints-volumetric

Without --pose there is none: the keypoints are then what the views alone say.

The samples that the program checks at every load are taken from SET, a held-out training set.
"""

import argparse

import cv2
import numpy as np
import torch

from closedloop_training.crops import CROP_SIZE_M, window_about
from closedloop_training.model_folder import ModelFolder
from closedloop_training.training_set import TrainingSet
from closedloop_training.volumetric import VolumetricPoseNetwork
from closedloop_training.weights import heatmaps_of, load, localiser_of, pose_of, volumetric_of


def picture(image):
    return torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1))).float() / 255


def add_localiser(folder, network, data, index):
    """localise.onnx, with two views of a set as its sample."""
    views = torch.stack([picture(cv2.resize(data.images[index, v], (80, 60), interpolation=cv2.INTER_AREA)) for v in range(2)])
    folder.add("localise.onnx", network,
               {"images": (["views", 3, 60, 80], "1", "whole views, RGB from 0 to 1, averaged down")},
               {"presence": (["views", 15, 20], "1", "probability that the centre of the animal is in a cell; what is missing from 1: that there is none")},
               [views])


def add_pose(folder, network, data, index):
    """pose.onnx, with the true keypoints of a set, disturbed, as its sample."""
    count = len(data.names)
    inputs = {"found": ([count, 3], "m", "where each keypoint was triangulated; 0 where it was not"),
              "covariance": ([count, 3, 3], "m2", "how uncertain that is; 0 where it was not found"),
              "seen": ([count], "1", "1 for a keypoint that was found, 0 for another")}
    outputs = {"positions": ([count, 3], "m", "where each keypoint is thought to be"),
               "sigma": ([count], "m", "how uncertain that is: the standard deviation along one axis")}
    seen = torch.ones(count)
    seen[count // 2] = 0
    found = (torch.from_numpy(data.keypoints[index].astype(np.float32)) + 0.003 * torch.randn(count, 3)) * seen[:, None]
    covariance = torch.diag_embed(torch.empty(count, 3).uniform_(1e-6, 2e-5)) * seen[:, None, None]
    folder.add("pose.onnx", network, inputs, outputs, [found, covariance, seen], tolerance=1e-5)


def export_fast(out, localiser, heatmaps, names, data, index, pose=None, **manifest):
    """Writes a folder of the kind keypoints-per-view; manifest: what ModelFolder.write asks for beside."""
    folder = ModelFolder(out)
    add_localiser(folder, localiser, data, index)
    camera = data.cameras[index, 0].astype(np.float64)
    crop = window_about(data.centres[index].astype(np.float64), camera).cut(data.images[index, 0])
    folder.add("heatmaps.onnx", heatmaps,
               {"crops": (["views", 3, 96, 96], "1", "a square of each view about the animal, RGB from 0 to 1, 0 outside the view")},
               {"heatmaps": (["views", len(names), 48, 48], "1", "per keypoint the probability that it is in a cell of the crop")},
               [picture(crop)[None]])
    if pose is not None:
        add_pose(folder, pose, data, index)
    folder.write("keypoints-per-view", keypoints=names, preprocessing={"crop_size_m": CROP_SIZE_M},
                 description="Rat keypoints per view on crops about the animal; made for two processor cores.", **manifest)


def export_volumetric(out, localiser, network, names, data, index, pose=None, **manifest):
    """Writes a folder of the kind keypoints-volumetric; manifest: what ModelFolder.write asks for beside."""
    folder = ModelFolder(out)
    add_localiser(folder, localiser, data, index)
    views = data.cameras[index, :2].astype(np.float32)
    inputs = {
        "images": (["views", "height", "width", 3], "1", "whole views, RGB from 0 to 255"),
        "intrinsics": (["views", 4], "px", "focal lengths and principal point: fx, fy, cx, cy"),
        "distortion": (["views", 5], "1", "k1, k2, p1, p2, k3"),
        "rotation": (["views", 3, 3], "1", "arena to camera"),
        "translation": (["views", 3], "m", "arena to camera"),
        "centre": ([3], "m", "the middle of the cube in the arena"),
        "weights": (["views"], "1", "1 for a view that is there, 0 for one that is missing"),
    }
    outputs = {"positions": ([len(names), 3], "m", "the keypoints in the arena"),
               "confidence": ([len(names)], "1", "the probability within one voxel of the likeliest")}
    sample = [torch.from_numpy(np.ascontiguousarray(data.images[index, :2])), torch.from_numpy(views[:, :4]), torch.from_numpy(views[:, 4:9]),
              torch.from_numpy(views[:, 9:18].reshape(-1, 3, 3)), torch.from_numpy(views[:, 18:21]),
              torch.from_numpy(data.centres[index].astype(np.float32)), torch.ones(2)]
    network = network if pose is None else VolumetricPoseNetwork(network, pose).eval()
    folder.add("volumetric.onnx", network, inputs, outputs, [value.clone() for value in sample], tolerance=2e-3)
    folder.write("keypoints-volumetric", keypoints=names, preprocessing={"crop_size_m": CROP_SIZE_M},
                 description="Rat keypoints from all views in one cube about the animal; made for GPUs.", **manifest)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("which", choices=["fast", "volumetric"])
    parser.add_argument("--localiser", required=True)
    parser.add_argument("--heatmaps")
    parser.add_argument("--volumetric")
    parser.add_argument("--pose", help="checkpoint of train_pose.py")
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--version", default="1")
    parser.add_argument("--licence", default="MIT")
    parser.add_argument("--trained-with", default="", help="the commands it was trained with")
    parser.add_argument("--held-out", default="", help="results on unseen data, as in median_error_mm=2.1,p95_error_mm=7.9")
    options = parser.parse_args()
    torch.manual_seed(0)
    data = TrainingSet(options.data)
    index = int(np.flatnonzero(data.has_animal)[0])
    localiser = localiser_of(load(options.localiser))
    pose = pose_of(load(options.pose)) if options.pose else None
    manifest = dict(pose=pose, version=options.version, licence=options.licence, trained_with=options.trained_with,
                    held_out=dict(pair.split("=") for pair in options.held_out.split(",") if pair))
    if options.which == "fast":
        state = load(options.heatmaps)
        export_fast(options.out, localiser, heatmaps_of(state), state["names"], data, index, **manifest)
    else:
        state = load(options.volumetric)
        export_volumetric(options.out, localiser, volumetric_of(state), state["names"], data, index, **manifest)


if __name__ == "__main__":
    main()
