"""What a volumetric network makes of a training set, with covariances: what its pose network learns from.

    python3 training/estimate_volumetric.py --volumetric volumetric.pt --data SET --out ESTIMATES
    python3 training/train_pose.py --data SET=ESTIMATES ...

The same files as `closedloop evaluate --out` writes for a network per view.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader

from closedloop_training.crops import single_threaded_worker
from closedloop_training.training_set import TrainingSet
from closedloop_training.weights import load, volumetric_of
from train_volumetric import Cubes, run


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--volumetric", required=True, help="checkpoint of train_volumetric.py")
    parser.add_argument("--data", required=True, help="one folder of simulate --training-set")
    parser.add_argument("--out", required=True)
    parser.add_argument("--sets", type=int, help="only so many from the first on")
    parser.add_argument("--withhold", type=float, default=0.3, help="share of the sets that one to three views are withheld from")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    network, data = volumetric_of(load(options.volumetric)).eval().to(device), TrainingSet(options.data)
    count = min(options.sets or len(data), len(data))
    cubes = Cubes(data, int(data.has_animal[:count].sum()), options.seed, augment=False, withheld=options.withhold)
    rows = np.full((count, len(data.names), 11), np.nan, np.float32)
    rows[..., 9:] = 0
    done, started = 0, time.time()
    for batch in DataLoader(cubes, 8, num_workers=options.workers, worker_init_fn=single_threaded_worker if options.workers else None):
        volumes, _, positions, covariance, _, _ = run(network, batch, device)
        places = cubes.sets[done : done + len(positions)]
        rows[places, :, :3] = positions.cpu()
        rows[places, :, 3:9] = covariance.cpu().flatten(2)[..., [0, 1, 2, 4, 5, 8]]
        rows[places, :, 9] = torch.softmax(volumes, -1).amax(-1).cpu()
        rows[places, :, 10] = batch[4].sum(1, keepdim=True).numpy()
        done += len(positions)
        if done % 400 == 0:
            print(f"{done} of {len(cubes)} sets, {done / (time.time() - started):.1f} a second", flush=True)
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    rows.tofile(out / "estimates.bin")
    (out / "estimates.json").write_text(json.dumps(dict(kind="keypoint-estimates", sets=count, keypoints=data.names, training_set=options.data,
                                                        model=options.volumetric, dtype="float32", shape=list(rows.shape)), indent=2))
    error = 1000 * np.linalg.norm(rows[..., :3] - data.keypoints[:count], axis=-1)
    print(f"{done} sets: median {np.nanmedian(error):.2f} mm, p95 {np.nanquantile(error, 0.95):.2f} mm", flush=True)


if __name__ == "__main__":
    main()
