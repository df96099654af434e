"""Makes a model folder that `closedloop track --model FOLDER` runs of a checkpoint of dannce-pytorch.

    python3 training/export_dannce.py checkpoint.pth --config dannce_config.yaml --out models/my-dannce
    python3 training/export_dannce.py checkpoint.pth --nvox 80 --vmin -120 --vmax 120 --keypoints Snout,EarL,... --out models/my-dannce

What a network is comes, in this order, from the flags, from --config (DANNCE's dannce_config.yaml or io.yaml; give both
with two --config), from the options that the checkpoint keeps, and from the shapes of its weights. Load only checkpoints
whose origin you trust: they are Python pickles, and loading one can run code.

The program finds the animal with localise.onnx, which is put into the folder from the weights of --localiser.

The cameras' order is part of the weights: name the cameras with --cameras in the order of the training (camnames), and
list them so in the rig calibration.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from closedloop_training.dannce import NORMS, PIXEL_OFFSET, RAT23, DannceNetwork, architecture, renamed
from closedloop_training.model_folder import ModelFolder
from closedloop_training.test_scene import picture_of, ring_of_cameras
from closedloop_training.weights import load, localiser_of


def saved(path):
    """The weights and the options of a checkpoint."""
    try:
        state = torch.load(path, map_location="cpu")
    except Exception as error:
        raise SystemExit(f"{path} cannot be read as a PyTorch checkpoint: {error}")
    if not isinstance(state, dict):
        raise SystemExit(f"{path} holds a {type(state).__name__}; a dannce-pytorch checkpoint is a dictionary with state_dict and params")
    weights = state.get("state_dict", state)
    options = state.get("params", {}) if "state_dict" in state else {}
    return weights, dict(options) if isinstance(options, dict) else {}


def configured(paths):
    """The options of DANNCE's YAML files."""
    found = {}
    for path in paths:
        try:
            import yaml
        except ImportError:
            raise SystemExit("--config needs PyYAML: apt-get install python3-yaml")
        read = yaml.safe_load(Path(path).read_text())
        if not isinstance(read, dict):
            raise SystemExit(f"{path} holds no options; a DANNCE configuration is a YAML mapping")
        found.update(read)
    return found


def cube(options):
    """Where the cube begins and ends, metres."""
    low, high, size = options.get("vmin"), options.get("vmax"), options.get("vol_size")
    if low is None or high is None:
        if size is None:
            raise SystemExit("the size of the cube is known neither from the checkpoint nor from --config; say --vmin and --vmax, or --vol-size (mm)")
        low, high = -size / 2, size / 2
    if not low < high:
        raise SystemExit(f"the cube is to reach from {low} to {high} mm; vmin must be less than vmax")
    return low / 1000, high / 1000


def network_of(weights, options):
    """The network of a checkpoint's weights and of DANNCE's options."""
    state, bare = renamed(weights)
    if "down.0.conv1.weight" not in state or "head.weight" not in state:
        raise SystemExit("the checkpoint holds no DANNCE network: there is no encoder_decoder.encoder_res1 or no output_layer among its weights")
    shape = architecture(state, bare)
    if shape["cells"] is None:
        if not options.get("nvox"):
            raise SystemExit("the number of voxels is known neither from the checkpoint nor from --config; say --nvox (80 or 64 are usual)")
        shape["cells"] = int(options["nvox"])
    elif options.get("nvox") and int(options["nvox"]) != shape["cells"]:
        raise SystemExit(f"nvox is said to be {options['nvox']}, and the checkpoint's layer normalisation is made for {shape['cells']}")
    deepest = 1 << (len(shape["widths"]) - 1)
    if shape["cells"] % deepest:
        raise SystemExit(f"nvox is {shape['cells']}; a network of {len(shape['widths'])} levels needs a multiple of {deepest}")
    if options.get("norm_method") in NORMS and options["norm_method"] != shape["norm"]:
        raise SystemExit(f"the options say norm_method {options['norm_method']}, and the checkpoint's weights are those of '{shape['norm']}'")
    if shape["norm"] == "instance":
        # Without weights of normalisation their places do not show either.
        shape["norm_rise"] = bool(options.get("norm_upsampling") or options.get("net_type") in ("semi-v2v", "v2v"))
    mono = bool(options.get("mono"))
    if shape["channels"] % (1 if mono else 3):
        raise SystemExit(f"the network takes {shape['channels']} channels, which are not {'1' if mono else '3'} a view; say --mono for grey networks, and networks with `depth` cannot be brought")
    interpolation = str(options.get("interp") or "nearest")
    if interpolation not in ("nearest", "linear", "bilinear"):
        raise SystemExit(f"interp is '{interpolation}'; nearest and linear can be brought")
    low, high = cube(options)
    network = DannceNetwork(low, high, mono, "nearest" if interpolation == "nearest" else "linear",
                            "average" if options.get("expval", True) is not False else "maximum",
                            PIXEL_OFFSET if options.get("pixel_offset") is None else options["pixel_offset"], **shape)
    try:
        missing, unexpected = network.unet.load_state_dict(state, strict=False)
    except RuntimeError as error:
        raise SystemExit(f"the checkpoint's weights are not those of a DANNCE network: {error}")
    if missing or unexpected:
        raise SystemExit(f"the checkpoint's weights do not fit: missing {missing[:5]}, not understood {unexpected[:5]}")
    if any(name.startswith("pose_generator.") or ".pose_generator." in name for name in weights):
        print("the checkpoint is sDANNCE's: its volumetric network is brought, the graph network behind it is not", flush=True)
    return network.eval()


def keypoint_names(options, count):
    names = options.get("keypoints") or (RAT23 if count == len(RAT23) else None)
    if names is None:
        raise SystemExit(f"the network finds {count} keypoints; name them in order with --keypoints A,B,C,...")
    if len(names) != count or len(set(names)) != count:
        raise SystemExit(f"the network finds {count} keypoints, and {len(set(names))} different names are given")
    return list(names)


def add_volumetric(folder, network, seed=0, height=96, width=128):
    """The network with a stored sample: a seeded picture of blobs, seen by cameras on a ring, the last of them missing."""
    random = np.random.default_rng(seed)
    half = float(-network.axis[0])
    cameras = ring_of_cameras(network.views, 6 * half, half, width, height)
    points = random.uniform(-0.7 * half, 0.7 * half, (12, 3))
    images = np.stack([picture_of(points, camera, width, height, 0.12 * half, random) for camera in cameras])
    cameras = torch.from_numpy(cameras.astype(np.float32))
    weights = torch.ones(network.views)
    weights[1:][-1:] = 0  # the last view, unless it is the only one
    keypoints = network.unet.head.out_channels
    views, per_view = network.views, [network.views]
    inputs = {
        "images": ([views, "height", "width", 3], "1", "whole views in the order of the training, RGB from 0 to 255"),
        "intrinsics": (per_view + [4], "px", "focal lengths and principal point: fx, fy, cx, cy"),
        "distortion": (per_view + [5], "1", "k1, k2, p1, p2, k3"),
        "rotation": (per_view + [3, 3], "1", "arena to camera"),
        "translation": (per_view + [3], "m", "arena to camera"),
        "centre": ([3], "m", "the middle of the cube in the arena"),
        "weights": (per_view, "1", "1 for a view that is there, 0 for one that is missing"),
    }
    outputs = {"positions": ([keypoints, 3], "m", "the keypoints in the arena"),
               "confidence": ([keypoints], "1", "the probability within one voxel of the likeliest" if network.average else "the score of the likeliest voxel")}
    sample = [torch.from_numpy(images), cameras[:, :4], cameras[:, 4:9], cameras[:, 9:18].reshape(-1, 3, 3), cameras[:, 18:21],
              torch.tensor([0.004, -0.003, 0.002]), weights]
    folder.add("volumetric.onnx", network, inputs, outputs, [value.clone() for value in sample], tolerance=1e-3)


LOCALISER = Path(__file__).resolve().parent / "weights" / "localiser.pt"


def add_localiser(folder, checkpoint):
    """The network that finds the animal, so that the folder runs by itself."""
    network = localiser_of(load(checkpoint))
    random = np.random.default_rng(1)
    cameras = ring_of_cameras(2, 0.8, 0.15, 80, 60)
    views = np.stack([picture_of(random.uniform(-0.05, 0.05, (8, 3)), camera, 80, 60, 0.03, random) for camera in cameras])
    folder.add("localise.onnx", network,
               {"images": (["views", 3, 60, 80], "1", "whole views, RGB from 0 to 1, averaged down")},
               {"presence": (["views", 15, 20], "1", "probability that the centre of the animal is in a cell; what is missing from 1: that there is none")},
               [torch.from_numpy(views.transpose(0, 3, 1, 2).copy()).float() / 255])


def export(network, names, out, localiser=None, cameras=None, version="1", description="", licence="unknown", trained_with="", sample_size=(96, 128)):
    """Writes the model folder of a DannceNetwork."""
    folder = ModelFolder(out)
    if localiser:
        add_localiser(folder, localiser)
    add_volumetric(folder, network, height=sample_size[0], width=sample_size[1])
    voxel = float(network.axis[1] - network.axis[0])
    preprocessing = {"cube_size_m": round(voxel * network.cells, 6), "voxels": network.cells, "interpolation": network.interpolation,
                     "pixel_offset_px": network.offset_px}
    if cameras:
        preprocessing["cameras"] = "[" + ", ".join(f'"{camera}"' for camera in cameras) + "]"
    folder.write("keypoints-volumetric", version, description or f"A DANNCE network for {network.views} views.", licence, trained_with, {},
                 names, preprocessing)


def words(text):
    return [word.strip() for word in text.split(",") if word.strip()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", help="a .pth of dannce-pytorch")
    parser.add_argument("--out", required=True, help="the model folder to write")
    parser.add_argument("--config", action="append", default=[], help="DANNCE's dannce_config.yaml or io.yaml")
    parser.add_argument("--nvox", type=int)
    parser.add_argument("--vmin", type=float, help="mm")
    parser.add_argument("--vmax", type=float, help="mm")
    parser.add_argument("--vol-size", type=float, help="mm")
    parser.add_argument("--interp", choices=["nearest", "linear"])
    parser.add_argument("--mono", action="store_true", default=None)
    parser.add_argument("--max-head", dest="expval", action="store_false", default=None, help="a MAX network: the likeliest voxel, not the expectation")
    parser.add_argument("--pixel-offset", type=float, help="what to add to a projection before it is an index; 1 (the default) for calibrations "
                        "brought from DANNCE .mat files, 0 for networks trained with projections that count from 0")
    parser.add_argument("--keypoints", type=words, help="names in order; known for 23 keypoints (rat23)")
    parser.add_argument("--cameras", type=words, help="names in the order of the training; known from camnames")
    parser.add_argument("--localiser", default=str(LOCALISER) if LOCALISER.exists() else None,
                        help="checkpoint of train_localiser.py; training/weights/localiser.pt where it is there")
    parser.add_argument("--version", default="1")
    parser.add_argument("--description", default="")
    parser.add_argument("--licence", default="unknown")
    parser.add_argument("--trained-with", default="")
    given = parser.parse_args()
    weights, options = saved(given.checkpoint)
    options.update(configured(given.config))
    # NB: vol_size among the flags means that vmin and vmax of a file do not count, and the other way round.
    if given.vol_size is not None:
        options["vmin"] = options["vmax"] = None
    options.update({name: value for name, value in vars(given).items() if value is not None})
    network = network_of(weights, options)
    cameras = given.cameras or (options.get("camnames") if isinstance(options.get("camnames"), (list, tuple)) else None)
    if cameras and len(cameras) != network.views:
        raise SystemExit(f"{len(cameras)} cameras are named, and the network looks at {network.views} views; name them with --cameras in the order of the training")
    export(network, keypoint_names(options, network.unet.head.out_channels), given.out, given.localiser, cameras, given.version,
           given.description, given.licence, given.trained_with)
    if not given.localiser:
        print("NB: without --localiser the folder has no localise.onnx, and `closedloop track` refuses it until one is there", flush=True)
    print(f"{given.out}: {network.views} views, {network.cells}^3 voxels of {1000 * float(network.axis[1] - network.axis[0]):.2f} mm, "
          f"{network.unet.head.out_channels} keypoints")


if __name__ == "__main__":
    main()
