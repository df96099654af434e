"""Trains the localiser: where in a whole view the animal is, and whether it is there.

    python3 training/train_localiser.py --data SET --held-out SET --checkpoint localiser.pt --steps 4000
"""

import argparse

import cv2
import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from closedloop_training.augment import occlude, photometric
from closedloop_training.fitting import batches, fit, loop_options
from closedloop_training.geometry import project
from closedloop_training.networks import Localiser
from closedloop_training.schedule import Averaged, save
from closedloop_training.training_set import joined

WIDTH, HEIGHT, CELL = 80, 60, 4


class WholeViews(Dataset):
    """Whole views, shrunk by averaging; shifted, scaled, mirrored and turned at random.

    Each item: view (3, 60, 80) uint8, the animal's centre in cells (2), whether it is in the view.
    """

    def __init__(self, training_set, length, seed, augment=True):
        self.data, self.length, self.seed, self.augment = training_set, length, seed, augment

    def __len__(self):
        return self.length

    def __getitem__(self, item):
        random = np.random.default_rng((self.seed, item))
        index, view = random.integers(len(self.data)), random.integers(self.data.images.shape[1])
        image = self.data.images[index, view]
        height, width = image.shape[:2]
        scale = width / WIDTH
        # NB: the program averages areas; interpolation alone would alias.
        small = cv2.resize(image, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
        centre = np.full(2, np.nan)
        if self.data.has_animal[index]:
            pixels, depth = project(self.data.centres[index][None].astype(np.float64), self.data.cameras[index, view].astype(np.float64))
            if depth[0] > 0:
                centre = (pixels[0] + 0.5) / scale - 0.5
        if self.augment:
            angle, zoom = random.normal(0, 0.15), random.uniform(0.7, 1.35)
            shift = random.normal(0, 6, 2)
            cos, sin = np.cos(angle) * zoom, np.sin(angle) * zoom
            middle = np.array([(WIDTH - 1) / 2, (HEIGHT - 1) / 2])
            turn = np.array([[cos, -sin], [sin, cos]])
            offset = middle - turn @ middle + shift
            border = tuple(int(c) for c in random.integers(0, 256, 3))
            small = cv2.warpAffine(small, np.hstack([turn, offset[:, None]]), (WIDTH, HEIGHT), borderMode=cv2.BORDER_CONSTANT, borderValue=border)
            centre = turn @ centre + offset
            if random.random() < 0.5:
                small, centre = small[:, ::-1], np.array([WIDTH - 1 - centre[0], centre[1]])
            small = photometric(occlude(np.ascontiguousarray(small), random), random)
        cell = (centre + 0.5) / CELL - 0.5
        present = bool(np.isfinite(cell).all() and (cell > -0.5).all() and cell[0] < WIDTH / CELL - 0.5 and cell[1] < HEIGHT / CELL - 0.5)
        return (torch.from_numpy(np.ascontiguousarray(small.transpose(2, 0, 1))),
                torch.from_numpy(np.nan_to_num(cell).astype(np.float32)), torch.tensor(present))


def loss_of(logits, cell, present):
    """Cross-entropy with a Gaussian of one cell about the centre, or with the class "no animal"."""
    columns, rows = torch.arange(WIDTH // CELL, device=cell.device), torch.arange(HEIGHT // CELL, device=cell.device)
    x = torch.exp(-0.5 * (columns - cell[:, 0:1]) ** 2)
    y = torch.exp(-0.5 * (rows - cell[:, 1:2]) ** 2)
    heat = (y[:, :, None] * x[:, None, :]).flatten(1)
    heat = heat / heat.sum(1, keepdim=True).clamp_min(1e-9)
    target = torch.cat([heat * present[:, None], (~present).float()[:, None]], 1)
    return -(target * torch.log_softmax(logits, 1)).sum(1).mean()


@torch.no_grad()
def held_out(network, data, device):
    errors, right = [], []
    for views, cell, present in DataLoader(WholeViews(data, 1500, 11, augment=False), 64):
        presence = network(views.to(device).float() / 255).cpu()
        sure = presence.sum((1, 2)) > 0.5
        right.append(sure == present)
        peak = presence.flatten(1).argmax(1)
        row, column = peak // 20, peak % 20
        window = (((torch.arange(15) - row[:, None]).abs() <= 2)[:, :, None] & ((torch.arange(20) - column[:, None]).abs() <= 2)[:, None, :])
        p = presence * window
        mass = p.sum((1, 2)).clamp_min(1e-9)
        found = torch.stack([(p.sum(1) * torch.arange(20)).sum(1), (p.sum(2) * torch.arange(15)).sum(1)], 1) / mass[:, None]
        errors.append((found - cell).norm(dim=1)[present & sure])
    errors = torch.cat(errors)
    print(f"held out: presence right {torch.cat(right).float().mean():.4f}, centre median {errors.median():.3f} cells, p99 {errors.quantile(0.99):.2f}", flush=True)


def train(network, average, optimiser, data, options, device, milestone=None, warm_up=200):
    """options.steps steps of options.batch views; `milestone(step)` every 1000 and at the end. The losses, step by step.

    options: steps, batch, rate, seed, workers.
    """

    def loss(batch):
        views, cell, present = batch
        return loss_of(network.logits(views.to(device).float() / 255), cell.to(device), present.to(device))

    loader = batches(WholeViews(data, options.steps * options.batch, options.seed), options)
    return fit(loader, loss, network, average, optimiser, options, warm_up=warm_up, told=100, unit="views", milestone=milestone, every=1000)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    loop_options(parser, steps=4000, batch=64, rate=3e-3, seed=2)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    data, unseen = joined(options.data), joined(options.held_out)
    network = Localiser().to(device)
    optimiser, average = torch.optim.AdamW(network.parameters(), options.rate, weight_decay=1e-4), Averaged(network)

    def milestone(step):
        save(options.checkpoint, averaged=average.network.state_dict(), step=step, options=vars(options))
        held_out(average.network, unseen, device)

    train(network, average, optimiser, data, options, device, milestone)


if __name__ == "__main__":
    main()
