"""Learning rate, averaged weights and checkpoints, shared by the training scripts."""

import copy
import math
import os

import torch


def learning_rate(step, steps, peak, warm_up=200):
    """Rises over the warm-up and falls along a cosine to a hundredth."""
    if step < warm_up:
        return peak * (step + 1) / warm_up
    return peak * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1, (step - warm_up) / max(1, steps - warm_up)))))


class Averaged:
    """An exponential average of a network's weights: what is exported."""

    def __init__(self, network, decay=0.998):
        self.network, self.decay, self.updates = copy.deepcopy(network).eval(), decay, 0

    @torch.no_grad()
    def update(self, network):
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        for mine, other in zip(self.network.state_dict().values(), network.state_dict().values()):
            if mine.dtype.is_floating_point:
                mine.lerp_(other, 1 - decay)
            else:
                mine.copy_(other)


def save(path, **state):
    """Writes a checkpoint whole or not at all."""
    torch.save(state, f"{path}.part")
    os.replace(f"{path}.part", path)
