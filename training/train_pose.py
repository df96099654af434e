"""Trains the pose network on what a model makes of training sets, without its pose network.

    ./closedloop evaluate --training-set SET --model MODEL --no-refine --withhold 0.3 --out ESTIMATES
    python3 training/train_pose.py --data SET=ESTIMATES,... --held-out SET=ESTIMATES --checkpoint pose.pt

A folder of estimates belongs to the training set that it was made of, which holds the truth.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch

from closedloop_training.geometry import mirrored
from closedloop_training.pose import PoseNetwork
from closedloop_training.schedule import Averaged, learning_rate, save
from closedloop_training.weights import load


class Estimates:
    """Found (N, K, 3), covariance (N, K, 3, 3), seen (N, K), truth (N, K, 3) of the sets in which the animal was seen."""

    def __init__(self, pairs):
        parts = [self.read(*pair.split("=")) for pair in pairs.split(",")]
        self.names = parts[0][0]
        if any(names != self.names for names, *_ in parts):
            raise SystemExit("the estimates are of other keypoints than one another")
        self.found, self.covariance, self.seen, self.truth, self.behaviours = (
            np.concatenate(arrays) if index == 4 else torch.from_numpy(np.concatenate(arrays)) for index, arrays in enumerate(zip(*(part[1:] for part in parts))))

    @staticmethod
    def read(training_set, estimates):
        meta, described = (json.loads((Path(folder) / name).read_text()) for folder, name in ((training_set, "meta.json"), (estimates, "estimates.json")))
        names, count = meta["keypoints"], described["sets"]
        if described["keypoints"] != names:
            raise SystemExit(f"{estimates} was not made of {training_set}: the keypoints differ")
        rows = np.fromfile(Path(estimates) / "estimates.bin", np.float32).reshape(count, len(names), 11)
        truth = np.fromfile(Path(training_set) / "keypoints.bin", np.float32).reshape(-1, len(names), 3)[:count]
        numbers = np.fromfile(Path(training_set) / "lives.bin", np.int32).reshape(-1, 2)[:count, 1]
        behaviours = np.array(meta["behaviours"] + ["none"])[numbers]
        seen = np.isfinite(rows[..., :9]).all(-1)
        good = np.isfinite(truth).all((1, 2)) & (2 * seen.sum(1) >= len(names))
        rows, seen, truth = np.where(seen[..., None], rows, 0)[good], seen[good].astype(np.float32), truth[good]
        covariance = rows[..., [3, 4, 5, 4, 6, 7, 5, 7, 8]].reshape(*rows.shape[:2], 3, 3)
        return names, rows[..., :3], covariance, seen, truth, behaviours[good]


def varied(found, covariance, seen, truth, mirror):
    """Half of the animals mirrored, sizes a little changed, keypoints disturbed and left out."""
    flip = torch.rand(len(found)) < 0.5
    sign = torch.tensor([1.0, -1.0, 1.0])
    found, truth = (torch.where(flip[:, None, None], x[:, mirror] * sign, x) for x in (found, truth))
    covariance = torch.where(flip[:, None, None, None], covariance[:, mirror] * sign[:, None] * sign, covariance)
    seen = torch.where(flip[:, None], seen[:, mirror], seen)
    size = torch.empty(len(found), 1, 1).uniform_(0.92, 1.08)
    found = (found + 0.0005 * torch.randn_like(found)) * size
    # Now and then a keypoint lacks, seldom many.
    share = torch.where(torch.rand(len(found)) < 0.08, 0.4, torch.where(torch.rand(len(found)) < 0.3, 0.08, 0.0))
    seen = seen * (torch.rand_like(seen) >= share[:, None])
    return found, covariance * size[..., None] ** 2, seen, truth * size


def losses_of(positions, sigma, truth):
    """The mean distance in millimetres, and the negative log likelihood of the distances given sigma."""
    away = (positions - truth).norm(dim=-1)
    squares = away.detach().clamp(max=0.04) ** 2
    return 1000 * away, 3 * torch.log(1000 * sigma) + squares / (2 * sigma**2)


@torch.no_grad()
def held_out(network, data, text=""):
    """Prints errors before and after, by behaviour, and whether sigma is what it says; median and p95 in millimetres."""
    positions, sigma = network.refine(data.found, data.covariance, data.seen)
    seen = data.seen > 0
    before, after = (1000 * (x - data.truth).norm(dim=-1) for x in (data.found, positions))
    good, old = after[seen], before[seen]
    # The distance is chi with 3 degrees of freedom: its median is 1.538 sigma.
    within = (good < 1538 * sigma[seen]).float().mean()
    parts = " ".join(f"{b}:{after[data.behaviours == b][seen[data.behaviours == b]].median():.2f}" for b in sorted(set(data.behaviours)))
    print(f"{text}held out: median {old.median():.2f} -> {good.median():.2f} mm, p95 {old.quantile(0.95):.2f} -> {good.quantile(0.95):.2f} mm, "
          f"{within:.0%} within the median that sigma says | {parts}", flush=True)
    return float(good.median()), float(good.quantile(0.95))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="SET=ESTIMATES, several with commas between")
    parser.add_argument("--held-out", required=True, help="the same, of sets that nothing has learnt from")
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--start-from", help="weights of another checkpoint to begin with")
    parser.add_argument("--steps", type=int, default=8000)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--width", type=int, default=384)
    parser.add_argument("--depth", type=int, default=2)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    data, unseen = Estimates(options.data), Estimates(options.held_out)
    print(f"{len(data.found)} sets to learn from, {len(unseen.found)} held out", flush=True)
    network = PoseNetwork(data.names, options.width, options.depth)
    if options.start_from:
        network.load_state_dict(load(options.start_from)["averaged"])
    optimiser, average = torch.optim.AdamW(network.parameters(), options.rate, weight_decay=0.02), Averaged(network)
    mirror = torch.from_numpy(mirrored(data.names))
    started, running = time.time(), 0.0
    for step in range(options.steps):
        network.train()
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step, options.steps, options.rate)
        rows = torch.randint(len(data.found), (options.batch,))
        found, covariance, seen, truth = varied(data.found[rows], data.covariance[rows], data.seen[rows], data.truth[rows], mirror)
        away, unlikely = losses_of(*network.refine(found, covariance, seen), truth)
        loss = ((away + unlikely) * seen).sum() / seen.sum()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 20.0)
        optimiser.step()
        average.update(network)
        running += float((away * seen).sum() / seen.sum())
        if (step + 1) % 500 == 0 or step + 1 == options.steps:
            held_out(average.network, unseen, f"step {step + 1}/{options.steps} mean {running / 500:.2f} mm {(step + 1) / (time.time() - started):.0f} steps/s; ")
            running = 0.0
            save(options.checkpoint, averaged=average.network.state_dict(), settings=network.settings, names=data.names, step=step + 1, options=vars(options))


if __name__ == "__main__":
    main()
