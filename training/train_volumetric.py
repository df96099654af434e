"""Trains the volumetric network on top of a trained heatmap network, whose weights stay as they are.

    python3 training/train_volumetric.py --data SET --held-out SET --heatmaps heatmaps.pt --checkpoint volumetric.pt --steps 3000
"""

import argparse

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from closedloop_training.augment import occlude, photometric
from closedloop_training.crops import CROP_SIZE_M, window_about
from closedloop_training.fitting import batches, fit, loop_options, state_of, taken_up
from closedloop_training.networks import HeatmapNetwork
from closedloop_training.schedule import Averaged, save
from closedloop_training.training_set import joined
from closedloop_training.volumetric import VolumetricNetwork, project


class Cubes(Dataset):
    """All views of a set, cropped about a centre that is a little off; some views withheld, the arena turned at random.

    withheld: the share of sets that some views are withheld from. Without augment the sets come in their order.
    """

    def __init__(self, training_set, length, seed, augment=True, withheld=None):
        self.data, self.length, self.seed, self.augment = training_set, length, seed, augment
        self.withheld = (0.4 if augment else 0.0) if withheld is None else withheld
        self.sets = np.flatnonzero(training_set.has_animal)

    def __len__(self):
        return self.length

    def __getitem__(self, item):
        random = np.random.default_rng((self.seed, item))
        index = self.sets[random.integers(len(self.sets))] if self.augment else self.sets[item % len(self.sets)]
        cameras = self.data.cameras[index].astype(np.float64)
        keypoints = self.data.keypoints[index].astype(np.float64)
        centre = self.data.centres[index].astype(np.float64) + random.normal(0, 0.007, 3)
        weights = np.ones(len(cameras), np.float32)
        if self.withheld and len(cameras) > 2 and random.random() < self.withheld:
            # Up to three, but two stay.
            weights[random.permutation(len(cameras))[: random.integers(1, min(4, len(cameras) - 1))]] = 0
        crops = []
        for view, camera in enumerate(cameras):
            crop = window_about(centre, camera).cut(self.data.images[index, view])
            if self.augment:
                crop = photometric(occlude(crop, random), random)
            crops.append(crop.transpose(2, 0, 1))
        if self.augment:
            # The arena's axes say nothing about the animal: turn them about the vertical.
            angle = random.uniform(0, 2 * np.pi)
            turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
            keypoints, centre = keypoints @ turn.T, turn @ centre
            for camera in cameras:
                camera[9:18] = (camera[9:18].reshape(3, 3) @ turn.T).ravel()
        return (np.stack(crops), cameras.astype(np.float32), centre.astype(np.float32), keypoints.astype(np.float32), weights)


def run(network, batch, device):
    """Of a batch of the loader: volumes (B, K, cells^3), coarse and fine positions (B, K, 3), covariances (B, K, 3, 3), keypoints (B, K, 3), centres (B, 3)."""
    crops, cameras, centre, keypoints, weights = (part.to(device) for part in batch)
    gathered, seen = [], []
    for i in range(len(crops)):
        view = (cameras[i, :, :4], cameras[i, :, 4:9], cameras[i, :, 9:18].reshape(-1, 3, 3), cameras[i, :, 18:21])
        middle, depth = project(centre[i][None], *view)
        side = CROP_SIZE_M * 0.5 * (view[0][:, 0] + view[0][:, 1]) / depth[:, 0].clamp(min=1e-3)
        gathered.append(network.gather(crops[i].float() / 255, middle[:, 0], side, *view, centre[i], weights[i]))
        seen.append((middle[:, 0], side, *view, weights[i]))
    # NB: one batch for all cubes: PyTorch's quick 3D convolutions on the CPU want more than one.
    volumes = network.judge(torch.stack([part[0] for part in gathered]), torch.stack([part[1] for part in gathered]))
    coarse, fine, covariance = [], [], []
    for i, (_, _, maps) in enumerate(gathered):
        positions, variance, _ = network.decode(volumes[i], centre[i])
        # NB: detached: where to look closely is learnt from the coarse losses alone.
        near, spread = network.look_closely(maps, positions.detach(), variance.detach(), *seen[i])
        coarse.append(positions), fine.append(near), covariance.append(spread)
    return volumes, torch.stack(coarse), torch.stack(fine), torch.stack(covariance), keypoints, centre


def loss_of(network, volumes, coarse, fine, _, keypoints, centre):
    """Cross-entropy with a Gaussian of 0.8 voxels, and the distances in voxels, for keypoints inside the cube."""
    voxel = network.size_m / network.cells
    inside = ((keypoints - centre[:, None]).abs() < network.size_m / 2).all(-1)
    # Keypoints that nobody has labelled count as outside, and need a number: 0 times NaN is not 0.
    keypoints = torch.where(inside[..., None], keypoints, centre[:, None])
    away = sum(torch.nn.functional.smooth_l1_loss(positions / voxel, keypoints / voxel, reduction="none").sum(-1) for positions in (coarse, fine))
    # The Gaussian is a product of three along the axes, and so is made from three short rows.
    axis = network.grid[: network.cells, 2]
    rows = [torch.softmax(-0.5 * ((axis - (keypoints - centre[:, None])[..., i : i + 1]) / (0.8 * voxel)) ** 2, -1) for i in range(3)]
    target = (rows[0][..., :, None, None] * rows[1][..., None, :, None] * rows[2][..., None, None, :]).flatten(2)
    cross_entropy = -(target * torch.log_softmax(volumes, -1)).sum(-1)
    return ((cross_entropy + 2 * away) * inside).sum() / inside.sum().clamp_min(1)


@torch.no_grad()
def held_out(network, data, device, names, count=300):
    errors, coarse_errors = [], []
    for batch in DataLoader(Cubes(data, count, 7, augment=False), 4):
        _, coarse, fine, _, keypoints, _ = run(network, batch, device)
        errors.append(1000 * (fine - keypoints).norm(dim=-1).cpu())
        coarse_errors.append(1000 * (coarse - keypoints).norm(dim=-1).cpu())
    errors, coarse_errors = torch.cat(errors), torch.cat(coarse_errors)
    text = " ".join(f"{name}:{errors[:, i].nanmedian():.1f}" for i, name in enumerate(names))
    median, p95 = float(errors.nanmedian()), float(errors.flatten().nanquantile(0.95))
    print(f"held out: median {median:.2f} mm, p95 {p95:.2f} mm (coarse {coarse_errors.nanmedian():.2f}) | {text}", flush=True)
    return median, p95


def train(network, average, optimiser, data, options, device, begin=0, milestone=None, warm_up=50):
    """Steps `begin` to options.steps of options.batch sets; `milestone(step)` every 250 and at the end. The losses, step by step.

    optimiser: of the weights that change; the network per view stays as it is. options: steps, batch, rate, seed, workers.
    """
    cubes = Cubes(data, options.steps * options.batch, options.seed)

    def loss(batch):
        network.per_view.eval()
        return loss_of(network, *run(network, batch, device))

    return fit(batches(cubes, options, begin, ahead=2), loss, network, average, optimiser, options, begin, limit=10.0, warm_up=warm_up,
               told=25, unit="sets", milestone=milestone, every=250)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    loop_options(parser, steps=3000, batch=4, rate=1e-3, seed=3)
    parser.add_argument("--heatmaps", required=True, help="checkpoint of train_heatmaps.py")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    data, unseen = joined(options.data), joined(options.held_out)
    trained = torch.load(options.heatmaps, map_location=device)
    per_view = HeatmapNetwork(**trained["settings"])
    per_view.load_state_dict(trained["averaged"])
    per_view.eval().requires_grad_(False)
    network = VolumetricNetwork(per_view, len(data.names)).to(device)
    learned = [p for p in network.parameters() if p.requires_grad]
    optimiser, average = torch.optim.AdamW(learned, options.rate, weight_decay=1e-4), Averaged(network)
    begin = taken_up(options.checkpoint, network, average, optimiser, device)
    if begin == 0:
        held_out(network.eval(), unseen, device, data.names, 100)

    def milestone(step):
        save(options.checkpoint, **state_of(network, average, optimiser, step), settings=network.settings, per_view=per_view.settings, names=data.names, options=vars(options))
        held_out(average.network, unseen, device, data.names)

    train(network, average, optimiser, data, options, device, begin, milestone)


if __name__ == "__main__":
    main()
