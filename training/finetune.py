"""Fine-tunes a keypoint network on a user's Label3D project and writes a model folder for `closedloop track --model`.

    python3 training/finetune.py fast --project X_dannce.mat --videos DIR --out models/mine
    python3 training/finetune.py volumetric --project X_dannce.mat --videos DIR --out models/mine

It begins with the weights of training/weights, or with --start-from: a checkpoint of train_heatmaps.py or
train_volumetric.py. Keypoints whose names the network knows keep what it has learnt; others are learnt anew, and want
more labels. The last labelled frames are held out, and the error on them is printed and kept in the manifest.
"""

import argparse
import shlex
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch

import train_heatmaps
import train_localiser
import train_volumetric
from closedloop_training.label3d import Label3DProject, Label3DSet, Part, empty_arena
from closedloop_training.schedule import Averaged, save
from closedloop_training.weights import for_keypoints, heatmaps_of, load, localiser_of, volumetric_of
from export_keypoints import export_fast, export_volumetric

WEIGHTS = Path(__file__).resolve().parent / "weights"


def divided(data, fraction):
    """Rows to learn from and rows to hold out: the last ones in time, for neighbours look alike."""
    rows = np.flatnonzero(data.has_animal)
    rows = rows[np.argsort(data.project.frames[rows, 0], kind="stable")]
    if len(rows) < 4:
        raise SystemExit(f"{data.project.path}: {len(rows)} frames are labelled; fine-tuning wants 4 at the very least, and 50 to 200 to be of use")
    held = max(1, int(round(fraction * len(rows))))
    return rows[:-held], rows[-held:]


def summary(name, losses):
    tenth = max(1, len(losses) // 10)
    print(f"{name}: loss {np.mean(losses[:tenth]):.3f} at first, {np.mean(losses[-tenth:]):.3f} at last, {len(losses)} steps", flush=True)


def optimised(network, parameters, rate):
    return torch.optim.AdamW(parameters, rate, weight_decay=1e-4), Averaged(network)


def tune_localiser(network, data, options, device):
    if options.localiser_steps == 0:
        return network
    if not (~data.has_animal).any():
        print("the localiser stays as it is: the frames do not show the arena without the animal (fewer than 8, or it hardly moves)", flush=True)
        return network
    network = network.to(device)
    optimiser, average = optimised(network, network.parameters(), options.rate)
    loop = SimpleNamespace(steps=options.localiser_steps, batch=options.batch, rate=options.rate, seed=options.seed, workers=options.workers)
    summary("localiser", train_localiser.train(network, average, optimiser, data, loop, device, warm_up=options.localiser_steps // 10))
    return average.network


def tune_heatmaps(network, data, steps, options, device):
    network = network.to(device)
    optimiser, average = optimised(network, network.parameters(), options.rate)
    loop = SimpleNamespace(steps=steps, batch=options.batch, rate=options.rate, seed=options.seed, workers=options.workers)
    losses = train_heatmaps.train(network, average, optimiser, data, loop, device, warm_up=steps // 10)
    summary("heatmaps", losses)
    return average.network, losses


def tune_volumetric(network, data, options, device):
    network = network.to(device)
    network.per_view.eval().requires_grad_(False)
    learned = [p for p in network.parameters() if p.requires_grad]
    optimiser, average = optimised(network, learned, options.rate)
    loop = SimpleNamespace(steps=options.steps, batch=options.sets, rate=options.rate, seed=options.seed, workers=options.workers)
    losses = train_volumetric.train(network, average, optimiser, data, loop, device, warm_up=options.steps // 10)
    summary("volumetric", losses)
    return average.network, losses


def finetune(options):
    """Everything, from the project to the folder. Returns the losses of the network that was asked for."""
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    state = load(options.start_from or WEIGHTS / ("heatmaps.pt" if options.which == "fast" else "volumetric.pt"))
    localiser = localiser_of(load(options.localiser or WEIGHTS / "localiser.pt"))
    if options.which == "fast" and "per_view" in state:
        state = dict(state, averaged=heatmaps_of(state).state_dict(), settings=state["per_view"])
        del state["per_view"]
    if options.which == "volumetric" and "per_view" not in state:
        raise SystemExit(f"{options.start_from} holds a heatmap network; fine-tuning the volumetric one begins with a checkpoint of train_volumetric.py")
    project = Label3DProject(options.project, options.keypoints)
    data = Label3DSet(project, options.videos, options.view)
    rows, held = divided(data, options.held_out)
    learning, unseen = Part(data, rows), Part(data, held)
    new = [name for name in data.names if name not in state["names"]]
    print(f"{len(rows)} frames to learn from, {len(held)} held out, {data.images.shape[1]} views of {data.width} x {data.height}; "
          + (f"keypoints learnt anew: {', '.join(new)}" if new else "all keypoints are known"), flush=True)
    state = for_keypoints(state, data.names)
    localiser = tune_localiser(localiser, Part(data, rows, empty_arena(data, rows)), options, device)
    index = 0
    manifest = dict(version=options.version, licence=options.licence, trained_with=options.trained_with)
    if options.which == "fast":
        network, losses = tune_heatmaps(heatmaps_of(state), learning, options.steps, options, device)
        median, p95 = train_heatmaps.held_out(network, unseen, device, data.names, min(1500, 20 * len(held)))
        manifest["held_out"] = results(one_view_median_error_mm=median, one_view_p95_error_mm=p95, frames=len(held))
        export_fast(options.out, localiser.cpu(), network.cpu(), data.names, unseen, index, **manifest)
        kept = dict(settings=network.settings)
    else:
        volumetric = volumetric_of(state)
        if options.heatmap_steps:
            volumetric.per_view, _ = tune_heatmaps(volumetric.per_view, learning, options.heatmap_steps, options, device)
        network, losses = tune_volumetric(volumetric, learning, options, device)
        median, p95 = train_volumetric.held_out(network, unseen, device, data.names, len(held))
        manifest["held_out"] = results(median_error_mm=median, p95_error_mm=p95, frames=len(held))
        export_volumetric(options.out, localiser.cpu(), network.cpu(), data.names, unseen, index, **manifest)
        kept = dict(settings=network.settings, per_view=network.per_view.settings)
    if options.checkpoint:
        save(options.checkpoint, averaged=network.state_dict(), names=data.names, step=options.steps, **kept)
    print(f"written: {options.out}", flush=True)
    return losses


def results(**values):
    """For the manifest; an error that could not be measured is left out."""
    return {name: round(value, 3) for name, value in values.items() if np.isfinite(value)}


def words(text):
    return [word.strip() for word in text.split(",") if word.strip()]


def size(text):
    parts = text.lower().split("x")
    if len(parts) != 2 or not all(part.isdigit() and int(part) >= 96 for part in parts):
        raise argparse.ArgumentTypeError(f"'{text}' is no size; give width x height of at least 96 pixels, as in 640x480")
    return int(parts[0]), int(parts[1])


def arguments(given=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("which", choices=["fast", "volumetric"])
    parser.add_argument("--project", required=True, help="the *_dannce.mat that Label3D exported")
    parser.add_argument("--videos", required=True, help="folder of CAMERA.mp4 files, or of CAMERA/0.mp4 as DANNCE has them")
    parser.add_argument("--out", required=True, help="the model folder to write")
    parser.add_argument("--start-from", help="weights to begin with (training/weights)")
    parser.add_argument("--localiser", help="weights of the localiser to begin with (training/weights/localiser.pt)")
    parser.add_argument("--keypoints", type=words, help="names of the labelled keypoints in order; known of 23 (rat23) and where the file has a skeleton")
    parser.add_argument("--steps", type=int, help="600 for fast, 400 for volumetric")
    parser.add_argument("--heatmap-steps", type=int, default=600, help="volumetric: steps of the network per view before; 0 leaves it as it is")
    parser.add_argument("--localiser-steps", type=int, default=300, help="0 leaves it as it is")
    parser.add_argument("--batch", type=int, default=32, help="crops or views a step")
    parser.add_argument("--sets", type=int, default=2, help="volumetric: sets a step")
    parser.add_argument("--rate", type=float, default=5e-4)
    parser.add_argument("--held-out", type=float, default=0.15, help="part of the labelled frames that is not learnt from")
    parser.add_argument("--view", type=size, default=(640, 480), help="views larger than this are made smaller")
    parser.add_argument("--checkpoint", help="keep the weights here, to begin another fine-tuning with")
    parser.add_argument("--version", default="1")
    parser.add_argument("--licence", default="unknown")
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args(given)
    for name, low in (("steps", 1), ("heatmap_steps", 0), ("localiser_steps", 0), ("batch", 2), ("sets", 1), ("workers", 0)):
        if getattr(options, name) is not None and getattr(options, name) < low:
            parser.error(f"--{name.replace('_', '-')} must be at least {low}")
    if not 0 < options.held_out < 1:
        parser.error("--held-out must lie between 0 and 1")
    options.steps = options.steps or (600 if options.which == "fast" else 400)
    options.trained_with = "finetune.py " + shlex.join(shorn(sys.argv[1:] if given is None else given))
    return options


def shorn(given):
    """Arguments without the folders they lie in: the manifest is read elsewhere."""
    return [Path(value).name if "/" in value else value for value in given]


if __name__ == "__main__":
    finetune(arguments())
