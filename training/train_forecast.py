"""Learns to forecast poses from simulated motion, and writes a model folder of the kind forecast (docs/reference.md).

    ./closedloop simulate --motion-library --minutes 24 --seed 500 --out train.h5 --json train.json
    ./closedloop simulate --motion-library --minutes 4 --seed 501 --out held.h5
    python3 training/train_forecast.py --data train.h5 --held-out held.h5 --body-sha256 HASH --out models/forecast

A ridge regression, and with --hidden above 0 a small network on top of it. HASH is the body_sha256 of train.json.
Errors printed on the way are estimates (as if joints moved keypoints independently, which is too much): what
`closedloop evaluate --forecast held.h5` says belongs under held_out in the manifest.
"""

import argparse
import copy

import torch

from closedloop_training.forecast import AHEAD, HISTORY, Forecaster, examples, going_on, individuals, jitter, leverage, motion, per_change, read_clips
from closedloop_training.model_folder import ModelFolder

# The tail's joints carry no keypoints. NB: the rest is RodentParts.ReferenceHinges of the program.
TAIL = "vertebra_C"
# Below so many millimetres a frame motion does not count for more: it is jitter.
SLOWEST = 0.2


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--held-out", required=True)
    parser.add_argument("--body-sha256", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--hidden", type=int, default=256, help="width of the network's layers; 0: the ridge regression alone")
    parser.add_argument("--linear-out", help="also write the ridge regression alone, to compare")
    parser.add_argument("--ridge", type=float, default=1.0, help="how much the regression is held to the faded velocity, relative to the mean square of what is seen")
    parser.add_argument("--fade", type=float, default=0.7, help="velocity of a frame as a share of that of the frame before")
    parser.add_argument("--copies", type=int, default=2, help="copies of the motion, each of other individuals and with its own jitter")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--batch", type=int, default=1024)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    generator = torch.Generator().manual_seed(options.seed)
    torch.manual_seed(options.seed)

    qpos, sites, names, scale, rate = read_clips(options.data)
    hinges = [i for i, name in enumerate(names) if i >= 7 and TAIL not in name]
    unit = leverage(qpos, sites, hinges)
    given = []
    for _ in range(options.copies):
        other = individuals(qpos, hinges, generator)
        given.append(examples(other, jitter(other, hinges, generator), hinges, scale))
    seen, said = torch.cat([pair[0] for pair in given]), torch.cat([pair[1] for pair in given])
    held, _, held_names, held_scale, _ = read_clips(options.held_out)
    assert held_names == names
    clean = examples(held, held, hinges, held_scale)
    noisy = examples(held, jitter(held, hinges, torch.Generator().manual_seed(99)), hinges, held_scale)
    print(f"{len(seen)} examples of {seen.shape[1]} numbers, {len(clean[0])} held out", flush=True)

    model = regress(seen, said, unit, options)
    report("linear", model, clean, noisy, unit)
    if options.linear_out:
        write(options.linear_out, regress(seen, said, unit, argparse.Namespace(**{**vars(options), "hidden": 0})), clean[0], rate, options, hidden=0)
    if options.hidden:
        learn(model, seen, said, unit, clean, noisy, options)
        report("network", model, clean, noisy, unit)
    write(options.out, model, clean[0], rate, options, options.hidden)


def write(path, model, held, rate, options, hidden):
    folder = ModelFolder(path)
    sample = (held[len(held) // 2][None],)
    folder.add("forecast.onnx", model,
               {"seen": ([1, sample[0].shape[1]], "rad, m", "the present posture and the last frames' changes, as docs/reference.md says")},
               {"said": ([1, AHEAD, len(model.unit)], "rad, m", "for each frame ahead the changes of the joints, the root's displacement and turn")},
               sample, tolerance=1e-4)
    command = (f"python3 training/train_forecast.py --data train.h5 --held-out held.h5 --hidden {hidden} --copies {options.copies} "
               f"--epochs {options.epochs} --batch {options.batch} --rate {options.rate} --ridge {options.ridge} --fade {options.fade} --seed {options.seed}")
    folder.write("forecast", "1", f"Where a rat's body will be, up to {AHEAD} frames ahead: {'a small network on a ridge regression' if hidden else 'a ridge regression'} over simulated motion.",
                 "MIT", command, {}, [], {"history": HISTORY, "frames_ahead": AHEAD, "rate_hz": f"{rate:g}"}, body_sha256=options.body_sha256)


def regress(seen, said, unit, options):
    """What a linear forecast adds to one that everything goes on. Slow motion counts as much as fast: errors are relative to the motion."""
    joints = len(unit) - 6
    mean, sd = seen.mean(0), seen.std(0).clamp_min(1e-5)
    units, base = per_change(unit), going_on(unit, options.fade)
    changes = seen[:, joints:-4]
    x = changes * units
    share = 1 / (motion(x) + SLOWEST)
    y = ((said.flatten(1) - changes @ base) * unit.repeat(AHEAD) * share).double()
    x = (x * share).double()
    ridge = options.ridge * (x * x).sum() / x.shape[1]
    linear = torch.linalg.solve(x.T @ x + ridge * torch.eye(x.shape[1], dtype=x.dtype), x.T @ y).float()
    return Forecaster(mean, sd, base + units[:, None] * linear / unit.repeat(AHEAD), unit, options.hidden)


def learn(model, seen, said, unit, clean, noisy, options):
    steps = options.epochs * (len(seen) // options.batch)
    optimiser = torch.optim.AdamW(model.rest.parameters(), lr=options.rate, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, options.rate, total_steps=steps, pct_start=0.1)
    averaged = copy.deepcopy(model)
    for epoch in range(options.epochs):
        for rows in torch.randperm(len(seen)).split(options.batch)[:len(seen) // options.batch]:
            share = 1 / (motion(seen[rows][:, len(unit) - 6:-4] * model.units) + SLOWEST)
            miss = (model(seen[rows]) - said[rows]) * unit * share[:, :, None]
            # The root of the squares, as a distance is: a few wild frames must not outweigh the many.
            loss = (miss.square().sum(-1) + 1e-4).sqrt().mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            with torch.no_grad():
                for kept, now in zip(averaged.rest.parameters(), model.rest.parameters()):
                    kept.lerp_(now, 0.005)
        report(f"epoch {epoch + 1}", model, clean, noisy, unit)
    model.load_state_dict(averaged.state_dict())


def millimetres(model, data, unit):
    """Estimated error of the keypoints for each frame ahead, as if the numbers that are said moved them independently."""
    with torch.no_grad():
        miss = (torch.cat([model(part) for part in data[0].split(8192)]) - data[1]) * unit
    return miss.square().sum(-1).sqrt().mean(0).tolist()


def report(what, model, clean, noisy, unit):
    figures = [" ".join(f"{value:.2f}" for value in millimetres(model, data, unit)) for data in (clean, noisy)]
    print(f"{what}: about {figures[0]} mm at 1 to {AHEAD} frames ahead, with jitter {figures[1]}", flush=True)


if __name__ == "__main__":
    main()
