"""The course of a training from batches of a dataset: loader, steps, report and checkpoint, shared by the keypoint networks."""

import time
from pathlib import Path

import torch
from torch.utils.data import DataLoader, Subset

from closedloop_training.crops import single_threaded_worker
from closedloop_training.schedule import learning_rate


def batches(dataset, options, begin=0, ahead=4):
    """What steps `begin` and on learn from; options: batch, workers. What comes at a step depends on the dataset's seed and the step alone, also after an interruption."""
    rest = Subset(dataset, range(begin * options.batch, len(dataset)))
    return DataLoader(rest, options.batch, num_workers=options.workers, worker_init_fn=single_threaded_worker,
                      **({"prefetch_factor": ahead} if options.workers else {}))


def fit(loader, loss_of, network, average, optimiser, options, begin=0, limit=None, warm_up=200, told=50, unit="crops", milestone=None, every=500):
    """One step a batch from step `begin` on; the losses, step by step.

    loss_of: the loss of a batch. limit: the largest norm of the gradient. options: steps, batch, rate.
    `milestone(step)` every `every` steps and at the end; a line with the mean loss every `told`, in `unit` a second.
    """
    started, running, losses = time.time(), 0.0, []
    learned = [p for group in optimiser.param_groups for p in group["params"]]
    for step, batch in enumerate(loader, begin):
        network.train()
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step, options.steps, options.rate, warm_up)
        loss = loss_of(batch)
        optimiser.zero_grad()
        loss.backward()
        if limit:
            torch.nn.utils.clip_grad_norm_(learned, limit)
        optimiser.step()
        average.update(network)
        losses.append(float(loss))
        running += losses[-1]
        if (step + 1) % told == 0:
            pace = (step + 1 - begin) * options.batch / (time.time() - started)
            print(f"step {step + 1}/{options.steps} loss {running / told:.3f} {pace:.3g} {unit}/s", flush=True)
            running = 0.0
        if milestone and ((step + 1) % every == 0 or step + 1 == options.steps):
            milestone(step + 1)
    return losses


def taken_up(path, network, average, optimiser, device):
    """The step at which a training goes on: 0, or where the checkpoint at `path` left off, whose state is put in place."""
    if not Path(path).exists():
        return 0
    state = torch.load(path, map_location=device)
    network.load_state_dict(state["network"])
    optimiser.load_state_dict(state["optimiser"])
    average.network.load_state_dict(state["averaged"])
    average.updates = state["updates"]
    print(f"taken up at step {state['step']}", flush=True)
    return state["step"]


def state_of(network, average, optimiser, step):
    """What `taken_up` needs."""
    return dict(network=network.state_dict(), optimiser=optimiser.state_dict(), averaged=average.network.state_dict(), updates=average.updates, step=step)


def loop_options(parser, steps, batch, rate, seed):
    """Adds what all of these trainings are told: data, held-out data, checkpoint, and the course."""
    parser.add_argument("--data", required=True, help="a folder of simulate --training-set, or several: A,B")
    parser.add_argument("--held-out", required=True)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--batch", type=int, default=batch, help="crops, views or sets a step")
    parser.add_argument("--rate", type=float, default=rate)
    parser.add_argument("--seed", type=int, default=seed)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
