"""How well a network does without help or noise on motion that nothing is learnt from."""

import numpy as np
import torch


@torch.no_grad()
def validate(network, environment, steps, rewards=None):
    """Median error (mm), falls a second, median errors by behaviour. rewards: a list that each step's mean is appended to."""
    n = environment.bodies
    memory, begins = network.state(n), np.ones(n, bool)
    now = environment.observe()
    errors, behaviours, falls = [], [], 0
    for _ in range(steps):
        keep = (~torch.from_numpy(begins)).float()[:, None]
        noise = torch.randn(n, network.latent)
        action, _, _, _, *memory = network(torch.from_numpy(now["observation"].copy()), noise, *(m * keep for m in memory))
        behaviours.append(now["behaviour"])
        now = environment.step(action.numpy())
        begins = now["end"] > 0
        falls += int((now["end"] == 1).sum())
        errors.append(1000 * now["error"])
        if rewards is not None:
            rewards.append(float(now["reward"].mean()))
    errors, behaviours = np.concatenate(errors), np.concatenate(behaviours)
    good = np.isfinite(errors)
    names = environment.facts["behaviours"]
    parts = {names[b]: float(np.median(errors[good & (behaviours == b)])) for b in np.unique(behaviours)}
    return float(np.median(errors[good])), falls / (n * steps * environment.facts["control_period_s"]), parts
