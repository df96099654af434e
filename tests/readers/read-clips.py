"""Reads motion clips as track-mjx and vnl-playground do, and prints what they find as JSON."""
import json
import re
import sys

import h5py
import yaml

with h5py.File(sys.argv[1], "r") as file:
    config = yaml.safe_load(file["config"][()].decode("utf-8"))
    length = config["stac"]["n_frames_per_clip"]

    def clips(name):
        array = file[name][()]
        return array.reshape(array.shape[0] // length, length, *array.shape[1:])

    json.dump({
        **{name: clips(name).tolist() for name in ("qpos", "qvel", "xpos", "xquat", "kp_data", "marker_sites")},
        **{name: [text.decode("utf-8") for text in file[name]] for name in ("kp_names", "names_qpos", "names_xpos")},
        "types": {name: str(file[name].dtype) for name in ("config", "names_qpos", "names_xpos", "kp_names")},
        "compression": file["qpos"].compression,
        "offsets": file["offsets"][()].tolist(),
        "behaviours": [re.search(r"([A-Za-z]+)_\d+(\.p)?", name).group(1) for name in config["model"]["snips_order"]],
        "scale": config["model"]["SCALE_FACTOR"],
        "num_clips": config["stac"]["num_clips"],
    }, sys.stdout)
