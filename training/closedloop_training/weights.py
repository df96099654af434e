"""Weights to begin with: of a checkpoint of the training scripts, or of the small files in training/weights.

The exported networks cannot be trained further, for the exporter folds the batch normalisation into the convolutions.
So the averaged weights are kept beside, matrices in half precision and the rest in single, without optimiser.
"""

from pathlib import Path

import torch

from .networks import HeatmapNetwork, Localiser
from .pose import PoseNetwork
from .schedule import save
from .volumetric import VolumetricNetwork

KEPT = ("settings", "per_view", "names", "step", "facts", "options")


def pack(checkpoint, path):
    """Writes what a fine-tuning needs of a checkpoint."""
    state = load(checkpoint)
    # NB: vectors stay in single precision: a running variance may be too small or too large for half.
    halved = {name: value.half() if value.dtype.is_floating_point and value.dim() > 1 else value for name, value in state["averaged"].items()}
    save(path, averaged=halved, **{key: state[key] for key in KEPT if key in state})


def load(path):
    """A checkpoint or packed weights: `averaged` in single precision, with `settings`, `names` and `per_view` where it has them."""
    if path is None or not Path(path).exists():
        raise SystemExit(f"there are no weights {path}; name a checkpoint of the training scripts or a file of training/weights")
    try:
        state = torch.load(path, map_location="cpu")
    except Exception as error:
        raise SystemExit(f"{path} cannot be read as weights: {error}")
    if not isinstance(state, dict) or "averaged" not in state:
        raise SystemExit(f"{path} holds no averaged weights; name a checkpoint of the training scripts or a file of training/weights")
    state["averaged"] = {name: value.float() if value.dtype == torch.float16 else value for name, value in state["averaged"].items()}
    return state


def localiser_of(state):
    network = Localiser()
    network.load_state_dict(state["averaged"])
    return network


def heatmaps_of(state):
    """The heatmap network of a checkpoint of train_heatmaps.py; of train_volumetric.py's the one inside."""
    inside = {name[len("per_view."):]: value for name, value in state["averaged"].items() if name.startswith("per_view.")}
    network = HeatmapNetwork(**(state["per_view"] if inside else state["settings"]))
    network.load_state_dict(inside or state["averaged"])
    return network


def pose_of(state):
    network = PoseNetwork(**state["settings"])
    network.load_state_dict(state["averaged"])
    return network.eval()


def volumetric_of(state):
    if "per_view" not in state:
        raise SystemExit("these are the weights of a heatmap network; a volumetric network was asked for")
    network = VolumetricNetwork(HeatmapNetwork(**state["per_view"]), **state["settings"])
    network.load_state_dict(state["averaged"])
    return network


def for_keypoints(state, names):
    """The same weights for other keypoints: channels of known names are taken over, those of new ones begin at random.

    A state as `load` gives it, of a heatmap or a volumetric network; returns another.
    """
    old = list(state["names"])
    if old == list(names):
        return state
    volumetric = "per_view" in state
    counted = dict(state, names=list(names), settings=dict(state["settings"], keypoints=len(names)))
    if volumetric:
        counted["per_view"] = dict(state["per_view"], keypoints=len(names))
        fresh = VolumetricNetwork(HeatmapNetwork(**counted["per_view"]), **counted["settings"]).state_dict()
    else:
        fresh = HeatmapNetwork(**counted["settings"]).state_dict()
    prefix = "per_view." if volumetric else ""
    # Where keypoints are channels: the tensor, its axis, and how many channels each has there.
    places = {prefix + "head.weight": (0, 4), prefix + "head.bias": (0, 4), "trust": (0, 1), "fine_trust": (0, 1), "fine_prior": (0, 1), "cube.head.weight": (0, 1), "cube.head.bias": (0, 1),
              "cube.squeeze.0.weight": (1, 1)}
    averaged = {}
    for name, value in fresh.items():
        source = state["averaged"][name]
        if name not in places:
            averaged[name] = source
            continue
        axis, each = places[name]
        value, source = value.clone().transpose(0, axis), source.transpose(0, axis)
        for index, keypoint in enumerate(names):
            if keypoint in old:
                start = each * old.index(keypoint)
                value[each * index : each * (index + 1)] = source[start : start + each]
        # What follows the keypoints (the features that are carried into the cube) has kept its order.
        value[each * len(names):] = source[each * len(old):]
        averaged[name] = value.transpose(0, axis).contiguous()
    return dict(counted, averaged=averaged)
