"""Makes the small file of weights that fine-tuning begins with of a checkpoint of the training scripts.

    python3 training/pack_weights.py heatmaps.pt training/weights/heatmaps.pt
"""

import argparse
from pathlib import Path

from closedloop_training.weights import pack


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint")
    parser.add_argument("out")
    options = parser.parse_args()
    Path(options.out).parent.mkdir(parents=True, exist_ok=True)
    pack(options.checkpoint, options.out)
    print(f"{options.out}: {Path(options.out).stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
