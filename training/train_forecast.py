"""Learns to forecast poses from simulated motion, and writes a model folder of the kind forecast (docs/reference.md).

    ./closedloop simulate --motion-library --minutes 24 --seed 500 --out train.h5 --json train.json
    ./closedloop simulate --motion-library --minutes 4 --seed 501 --out held.h5
    python3 training/train_forecast.py --data train.h5 --held-out held.h5 --body-sha256 HASH --out models/forecast

A ridge regression, and with --hidden above 0 a small network on top of it. HASH is the body_sha256 of train.json.
Errors in metres here are estimates; `closedloop evaluate --forecast` has the real ones.
"""

import argparse
import copy

import torch

from closedloop_training.forecast import AHEAD, HISTORY, Forecaster, examples, individuals, jitter, leverage, read_clips
from closedloop_training.model_folder import ModelFolder

# The tail's joints carry no keypoints. NB: the rest is RodentParts.ReferenceHinges of the program.
TAIL = "vertebra_C"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--held-out", required=True)
    parser.add_argument("--body-sha256", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--hidden", type=int, default=256, help="width of the network's layers; 0: the ridge regression alone")
    parser.add_argument("--linear-out", help="also write the ridge regression alone, to compare")
    parser.add_argument("--ridge", type=float, default=3e-3, help="share of a feature's variance that is added to it")
    parser.add_argument("--copies", type=int, default=3, help="copies of the motion, each of other individuals and with its own jitter")
    parser.add_argument("--epochs", type=int, default=12)
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
    weight = leverage(qpos, sites, hinges)
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

    model = regress(seen, said, options)
    report("linear", model, clean, noisy, weight)
    if options.linear_out:
        write(options.linear_out, regress(seen, said, argparse.Namespace(ridge=options.ridge, hidden=0)), clean, noisy, weight, rate, options, hidden=0)
    if options.hidden:
        learn(model, seen, said, weight, clean, noisy, options)
        report("network", model, clean, noisy, weight)
    write(options.out, model, clean, noisy, weight, rate, options, options.hidden)


def write(path, model, clean, noisy, weight, rate, options, hidden):
    folder = ModelFolder(path)
    sample = (clean[0][len(clean[0]) // 2][None],)
    folder.add("forecast.onnx", model,
               {"seen": ([1, sample[0].shape[1]], "rad, m", "the present posture and the last frames' changes, as docs/reference.md says")},
               {"said": ([1, AHEAD, clean[1].shape[2]], "rad, m", "for each frame ahead the changes of the joints, the root's displacement and turn")},
               sample, tolerance=1e-4)
    command = (f"python3 training/train_forecast.py --data train.h5 --held-out held.h5 --hidden {hidden} --copies {options.copies} "
               f"--epochs {options.epochs} --batch {options.batch} --rate {options.rate} --ridge {options.ridge} --seed {options.seed}")
    errors = {f"estimated_{name}_error_{ahead + 1}_frames_ahead_mm": round(value, 3)
              for name, data in (("clean", clean), ("jittered", noisy)) for ahead, value in enumerate(millimetres(model, data, weight)) if ahead in (0, 4)}
    folder.write("forecast", "1", f"Where a rat's body will be, up to {AHEAD} frames ahead: {'a small network on a ridge regression' if hidden else 'a ridge regression'} over simulated motion.",
                 "MIT", command, errors, [], {"history": HISTORY, "frames_ahead": AHEAD, "rate_hz": f"{rate:g}"}, body_sha256=options.body_sha256)


def regress(seen, said, options):
    joints = said.shape[2] - 6
    # Posture first, then the changes, then height and vertical. The mean of a change is none: mirror images are as likely.
    changes = (joints, seen.shape[1] - 4)
    mean, sd = seen.mean(0), seen.std(0).clamp_min(1e-5)
    mean[changes[0]:changes[1]] = 0
    x, y = (seen / sd)[:, changes[0]:changes[1]].double(), said.flatten(1).double()
    linear = torch.linalg.solve(x.T @ x + options.ridge * len(x) * torch.eye(x.shape[1], dtype=x.dtype), x.T @ y)
    return Forecaster(mean, sd, linear.float(), changes, AHEAD, options.hidden)


def learn(model, seen, said, weight, clean, noisy, options):
    steps = options.epochs * (len(seen) // options.batch)
    optimiser = torch.optim.AdamW(model.rest.parameters(), lr=options.rate, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, options.rate, total_steps=steps, pct_start=0.1)
    averaged = copy.deepcopy(model)
    for epoch in range(options.epochs):
        for rows in torch.randperm(len(seen)).split(options.batch)[:len(seen) // options.batch]:
            miss = (model(seen[rows]) - said[rows]) * weight * 1000
            # The root of the squares, as a distance is: a few wild frames must not outweigh the many.
            loss = (miss.square().sum(-1) + 0.01).sqrt().mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            with torch.no_grad():
                for kept, now in zip(averaged.rest.parameters(), model.rest.parameters()):
                    kept.lerp_(now, 0.005)
        report(f"epoch {epoch + 1}", model, clean, noisy, weight)
    model.load_state_dict(averaged.state_dict())


def millimetres(model, data, weight):
    """Estimated error of the keypoints for each frame ahead, as if the numbers that are said moved them independently."""
    with torch.no_grad():
        miss = (torch.cat([model(part) for part in data[0].split(8192)]) - data[1]) * weight * 1000
    return miss.square().sum(-1).sqrt().mean(0).tolist()


def report(what, model, clean, noisy, weight):
    figures = [" ".join(f"{value:.2f}" for value in millimetres(model, data, weight)) for data in (clean, noisy)]
    print(f"{what}: about {figures[0]} mm at 1 to {AHEAD} frames ahead, with jitter {figures[1]}", flush=True)


if __name__ == "__main__":
    main()
