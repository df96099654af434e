"""Proximal policy optimisation (Schulman et al. 2017) of a policy that has been distilled: what it is made of."""

import math

import torch
from torch import nn

from closedloop_training.policy import Layer


class Value(nn.Module):
    """What rewards are still to come, from the observation as the policy normalises it; in units of `scale`."""

    def __init__(self, observation, scale, units=(256, 256)):
        super().__init__()
        self.scale = scale
        self.layers = nn.Sequential(Layer(observation, units[0]), Layer(units[0], units[1]), nn.Linear(units[1], 1))

    def forward(self, seen):
        return self.scale * self.layers(seen).squeeze(-1)


def advantages(rewards, values, following, failed, over, discount, carry):
    """Generalised advantages (Schulman et al. 2016) and the returns that values should have said.

    rewards, values: (steps, bodies); following: values of what was observed after the last step, (bodies);
    failed: the episode ended there and nothing comes after; over: it was cut off there, and what would have come after is
    taken to be worth what that step's own state was.
    """
    result, ahead, later = torch.zeros_like(rewards), following, torch.zeros_like(following)
    for t in reversed(range(len(rewards))):
        next_value = torch.where(failed[t], 0.0, torch.where(over[t], values[t], ahead))
        ends = failed[t] | over[t]
        difference = rewards[t] + discount * next_value - values[t]
        later = difference + discount * carry * torch.where(ends, 0.0, later)
        result[t], ahead = later, values[t]
    return result, result + values


def log_likelihood(action, mean, sd):
    """Of an action under a normal distribution around what the network says, of one sd for each actuator."""
    return (-0.5 * ((action - mean) / sd) ** 2 - torch.log(sd) - 0.5 * math.log(2 * math.pi)).sum(-1)


def surrogate(ratio, advantage, clip):
    """The clipped objective, to be made large."""
    return torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)


def divergence_from(clone, mean, sd):
    """KL divergence of the policy's action distribution from the clone's, which has the same sd."""
    return (0.5 * ((mean - clone) / sd) ** 2).sum(-1)
