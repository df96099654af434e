#!/usr/bin/python3
"""Writes dannce-tiny: a DANNCE network of random weights, brought by training/export_dannce.py as a user's would be.

    OMP_NUM_THREADS=1 /usr/bin/python3 make_dannce_tiny.py

Two views, 5 keypoints, 16^3 voxels of 7.5 mm, layer normalisation. The stored sample is PyTorch's answer: loading the
folder compares the graph with it.
"""
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TRAINING = HERE.parents[3] / "training"
sys.path[:0] = [str(TRAINING), str(TRAINING / "tests")]

import dannce_reference
import export_dannce

state = dannce_reference.random_checkpoint(channels=6, keypoints=5, cells=16, widths=(3, 4, 4, 4), norm="layer", seed=1)
network = export_dannce.network_of(state, {"vmin": -60, "vmax": 60, "norm_method": "layer"})
export_dannce.export(network, ["Snout", "EarL", "EarR", "SpineM", "TailBase"], HERE / "dannce-tiny", cameras=["left", "right"],
                     description="A DANNCE network of random weights, for tests.", licence="MIT", trained_with="make_dannce_tiny.py",
                     sample_size=(48, 64))
