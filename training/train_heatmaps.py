"""Trains the heatmap network of models/keypoints-fast.

    python3 training/train_heatmaps.py --data SET --held-out SET --checkpoint heatmaps.pt --steps 6000

SET is a folder that `closedloop simulate --training-set` wrote. A checkpoint that is there is taken up again.
"""

import argparse

import torch
from torch.utils.data import DataLoader

from closedloop_training.crops import CELLS, CROP_SIZE_M, CropDataset, targets
from closedloop_training.fitting import batches, fit, loop_options, state_of, taken_up
from closedloop_training.networks import HeatmapNetwork
from closedloop_training.schedule import Averaged, save
from closedloop_training.training_set import joined


def loss_of(logits, cells, inside):
    """Cross-entropy between a small Gaussian and the heatmap, over the keypoints that lie in the crop."""
    likely = torch.log_softmax(logits.flatten(2), -1)
    cross_entropy = -(targets(cells).flatten(2) * likely).sum(-1)
    return (cross_entropy * inside).sum() / inside.sum().clamp_min(1)


def decode(logits, radius=3):
    """The expectation in a window about the peak, in cells (V, K, 2): as the program decodes."""
    probability = torch.softmax(logits.flatten(2), -1)
    peak = probability.argmax(-1)
    size = logits.shape[-1]
    axis = torch.arange(size, device=logits.device)
    row, column = (peak // size)[..., None], (peak % size)[..., None]
    window = ((axis - row).abs() <= radius)[..., :, None] & ((axis - column).abs() <= radius)[..., None, :]
    p = probability.view(logits.shape) * window
    mass = p.sum((-1, -2))
    x, y = (p.sum(-2) * axis).sum(-1) / mass, (p.sum(-1) * axis).sum(-1) / mass
    return torch.stack([x, y], -1), mass


@torch.no_grad()
def held_out(network, data, device, names, count=1500):
    """Prints the error per view in millimetres at the animal's distance; median and p95."""
    errors = []
    for crops, cells, inside in DataLoader(CropDataset(data, count, 7, augment=False), 64):
        found, _ = decode(network.logits(crops.to(device).float() / 255))
        error = (found.cpu() - cells).norm(dim=-1) * (1000 * CROP_SIZE_M / CELLS)
        error[~inside] = float("nan")
        errors.append(error)
    errors = torch.cat(errors)
    good = errors[~errors.isnan()]
    text = " ".join(f"{name}:{errors[:, i].nanmedian():.1f}" for i, name in enumerate(names))
    print(f"held out, one view: median {good.median():.2f} mm, p95 {good.quantile(0.95):.2f} mm | {text}", flush=True)
    return float(good.median()), float(good.quantile(0.95))


def train(network, average, optimiser, data, options, device, begin=0, milestone=None, warm_up=200):
    """Steps `begin` to options.steps of options.batch crops; `milestone(step)` every 500 and at the end. The losses, step by step.

    options: steps, batch, rate, seed, workers.
    """
    crops = CropDataset(data, options.steps * options.batch, options.seed, emphasis=getattr(options, "emphasis", None))

    def loss(batch):
        images, cells, inside = batch
        return loss_of(network.logits(images.to(device).float() / 255), cells.to(device), inside.to(device))

    return fit(batches(crops, options, begin), loss, network, average, optimiser, options, begin, limit=5.0, warm_up=warm_up, milestone=milestone)


def emphasis_of(text):
    """"Groom=4,Rear=1.5" as a dictionary."""
    return {name: float(weight) for name, weight in (pair.split("=") for pair in text.split(","))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    loop_options(parser, steps=6000, batch=64, rate=3e-3, seed=1)
    parser.add_argument("--emphasis", type=emphasis_of, default={}, help="draw sets of a behaviour more often, as in Groom=4,Rear=1.5")
    parser.add_argument("--start-from", help="weights of another checkpoint to begin with (fine-tuning)")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    data, unseen = joined(options.data), joined(options.held_out)
    network = HeatmapNetwork(len(data.names)).to(device)
    if options.start_from:
        network.load_state_dict(torch.load(options.start_from, map_location=device)["averaged"])
    optimiser = torch.optim.AdamW(network.parameters(), options.rate, weight_decay=1e-4)
    average = Averaged(network)
    begin = taken_up(options.checkpoint, network, average, optimiser, device)

    def milestone(step):
        save(options.checkpoint, **state_of(network, average, optimiser, step), settings=network.settings, names=data.names, options=vars(options))
        held_out(average.network, unseen, device, data.names)

    train(network, average, optimiser, data, options, device, begin, milestone)


if __name__ == "__main__":
    main()
