"""The pose network: all keypoints of one animal, with their uncertainties, to where they are more likely to be.

What one keypoint's evidence leaves open (a spine without landmarks, a paw under the body) the rest of the animal decides,
after the pose network of sDANNCE (Li et al., 2023). It sees the animal in axes of its own, so that it answers the same
wherever the animal is and however the arena's axes lie.
"""

import torch
from torch import nn

# Lengths within the network are in units of this, metres.
UNIT_M = 0.05
# What the network adds is scaled by this, so that it begins as the identity and learns slowly.
STEP = 0.1
LEAST_SIGMA_M, LARGEST_SIGMA_M = 0.0003, 0.05

FRONT = ("Snout", "EarL", "EarR", "SpineF", "ShoulderL", "ShoulderR")
REAR = ("SpineL", "TailBase", "HipL", "HipR")
SIDES = ("Ear", "Shoulder", "Hip")


class PoseNetwork(nn.Module):
    """Found (K, 3) m, covariance (K, 3, 3) m2, seen (K) 0 or 1 -> positions (K, 3) m, sigma (K) m, one axis' standard deviation.

    Also of a batch: (B, K, ...). Keypoints that were not seen may hold any finite number.
    """

    def __init__(self, names, width=384, depth=2, dropout=0.1):
        super().__init__()
        self.settings = dict(names=list(names), width=width, depth=depth, dropout=dropout)
        keypoints, index = len(names), {name: i for i, name in enumerate(names)}
        missing = [name for name in (*FRONT, *REAR) if name not in index]
        if missing:
            raise SystemExit(f"a pose network needs the keypoints that the animal's axes are taken from; missing: {', '.join(missing)}")
        marks = torch.zeros(3, keypoints)
        for row, members in enumerate((FRONT, REAR)):
            marks[row, [index[name] for name in members]] = 1
        marks[2] = 1
        self.register_buffer("marks", marks, persistent=False)
        self.left, self.right = [index[side + "L"] for side in SIDES], [index[side + "R"] for side in SIDES]
        self.enter = nn.Linear(7 * keypoints, width)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width), nn.GELU(), nn.Dropout(dropout), nn.Linear(width, width)) for _ in range(depth))
        self.leave = nn.Linear(width, 3 * keypoints)
        self.doubt = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 128), nn.GELU(), nn.Linear(128, keypoints))
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)

    def axes(self, found, seen):
        """The animal's middle (B, 1, 3) and its axes forwards, left, up as rows (B, 3, 3)."""
        def mean(mark):
            weights = (seen * mark)[..., None]
            return (found * weights).sum(1) / weights.sum(1).clamp(min=1e-3)

        def unit(vector):
            return vector / torch.sqrt((vector * vector).sum(-1, keepdim=True) + 1e-10)

        front, rear, middle = (mean(self.marks[row]) for row in range(3))
        # NB: the small constant keeps an animal without front or rear in some axes rather than in none.
        ahead = unit(front - rear + found.new_tensor([1e-4, 0, 0]))
        both = (seen[:, self.left] * seen[:, self.right])[..., None]
        left = ((found[:, self.left] - found[:, self.right]) * both).sum(1) + found.new_tensor([0, 1e-4, 0])
        left = unit(left - (left * ahead).sum(-1, keepdim=True) * ahead)
        up = torch.stack([ahead[:, 1] * left[:, 2] - ahead[:, 2] * left[:, 1], ahead[:, 2] * left[:, 0] - ahead[:, 0] * left[:, 2],
                          ahead[:, 0] * left[:, 1] - ahead[:, 1] * left[:, 0]], -1)
        return middle[:, None], torch.stack([ahead, left, up], 1)

    def refine(self, found, covariance, seen):
        middle, axes = self.axes(found, seen)
        mask = seen[..., None]
        local = torch.matmul(found - middle, axes.transpose(1, 2)) / UNIT_M * mask
        # The variances along the animal's axes: the diagonal of A C A'.
        turned = torch.matmul(axes[:, None], covariance)
        spread = torch.sqrt((turned * axes[:, None]).sum(-1).clamp(min=0))
        features = torch.cat([local, torch.log(1000 * spread + 0.1) * mask, mask], -1)
        hidden = self.enter(features.flatten(1))
        for block in self.blocks:
            hidden = hidden + block(hidden)
        moved = local + STEP * self.leave(hidden).reshape(local.shape)
        positions = torch.matmul(moved * UNIT_M, axes) + middle
        # NB: detached: how sure it is shall not change what it says.
        sigma = (torch.exp(self.doubt(hidden.detach())) * 0.003).clamp(LEAST_SIGMA_M, LARGEST_SIGMA_M)
        return positions, sigma

    def forward(self, found, covariance, seen):
        positions, sigma = self.refine(found[None], covariance[None], seen[None])
        return positions[0], sigma[0]
