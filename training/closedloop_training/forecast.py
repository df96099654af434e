"""What a forecaster sees and says (src/Physics/Forecast/ForecastLayout.cs has the same), and the data to learn it from."""

import h5py
import numpy as np
import torch
from torch import nn

HISTORY, AHEAD = 4, 5


def read_clips(path):
    """Clips of a motion file: positions (clips, frames, nq), sites (clips, frames, keypoints, 3), names of the joints, size, rate."""
    with h5py.File(path, "r") as file:
        lengths = file["clip_lengths"][:]
        frames, rate, scale = int(lengths[0]), float(np.ravel(file["rate_hz"])[0]), float(np.ravel(file["scale"])[0])
        names = [name.decode() for name in file["names_qpos"][:]]
        qpos = file["qpos"][:].reshape(len(lengths), frames, -1)
        sites = file["marker_sites"][:].reshape(len(lengths), frames, -1, 3)
    return torch.from_numpy(qpos), torch.from_numpy(sites), names, scale, rate


def matrix(q):
    """Rotation matrices (..., 3, 3) of unit quaternions w, x, y, z."""
    w, x, y, z = q.unbind(-1)
    return torch.stack([1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
                        2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
                        2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)], -1).reshape(*q.shape[:-1], 3, 3)


def product(a, b):
    p, q, r, s = a.unbind(-1)
    w, x, y, z = b.unbind(-1)
    return torch.stack([p * w - q * x - r * y - s * z, p * x + q * w + r * z - s * y,
                        p * y - q * z + r * w + s * x, p * z + q * y - r * x + s * w], -1)


def turn(a, b):
    """Axis times angle from a to b, in the axes of a."""
    t = product(a * a.new_tensor([1, -1, -1, -1]), b)
    t = torch.where(t[..., :1] < 0, -t, t)
    sine = t[..., 1:].norm(dim=-1, keepdim=True).clamp_min(1e-12)
    return t[..., 1:] * 2 * torch.atan2(sine, t[..., :1]) / sine


def individuals(qpos, hinges, generator):
    """The same motion of other animals, or fitted to the body otherwise: every clip with constant joint offsets, a tilt and a height of its own.

    NB: without these a forecast leans on absolute angles, and draws a real animal, whose angles are others, towards the simulated ones.
    """
    def draw(sd, size):
        return sd * torch.randn(qpos.shape[0], 1, size, generator=generator, dtype=qpos.dtype)
    other = qpos.clone()
    other[..., hinges] += draw(0.15, len(hinges))
    other[..., 2:3] += draw(0.004, 1)
    half = draw(0.05, 3)
    other[..., 3:7] = nn.functional.normalize(product(qpos[..., 3:7], torch.cat([torch.ones_like(half[..., :1]), half], -1).expand_as(qpos[..., 3:7])), dim=-1)
    return other


def jitter(qpos, hinges, generator):
    """As a tracker and a registration see the motion: every clip with a strength of its own, from hardly any to about 1 mm at the keypoints."""
    def draw(*shape):
        return torch.randn(*shape, generator=generator, dtype=qpos.dtype)
    clips, frames, _ = qpos.shape
    strength = 10 ** (1.7 * torch.rand(clips, 1, 1, generator=generator, dtype=qpos.dtype) - 1.7)

    def process(size, sd):
        # Half of the error is new with every frame, half hangs on: a registration begins with its last pose.
        fresh, slow = draw(clips, frames, size), draw(clips, frames, size)
        for frame in range(1, frames):
            slow[:, frame] = 0.8 * slow[:, frame - 1] + 0.6 * slow[:, frame]
        return strength * sd * (0.7 * fresh + 0.7 * slow)
    seen = qpos.clone()
    seen[..., hinges] += process(len(hinges), 0.02)
    seen[..., :3] += process(3, 0.0006)
    half = 0.5 * process(3, 0.012)
    seen[..., 3:7] = nn.functional.normalize(product(qpos[..., 3:7], torch.cat([torch.ones_like(half[..., :1]), half], -1)), dim=-1)
    return seen


def examples(true, seen, hinges, scale):
    """Everything at which a past and a future are in the clip: what is seen (N, features), what is then to be said (N, AHEAD, joints + 6)."""
    times = range(HISTORY, true.shape[1] - AHEAD)
    now = seen[:, HISTORY:true.shape[1] - AHEAD]

    def at(source, shift):
        return source[:, HISTORY + shift:true.shape[1] - AHEAD + shift]

    def root_axes(vector):
        return torch.einsum("ctij,cti->ctj", axes, vector) / scale
    axes = matrix(now[..., 3:7])
    past = [(at(seen, -ago), at(seen, -ago - 1)) for ago in range(HISTORY)]
    features = [now[..., hinges]]
    features += [(newer - older)[..., hinges] for newer, older in past]
    features += [root_axes((newer - older)[..., :3]) for newer, older in past]
    features += [turn(older[..., 3:7], newer[..., 3:7]) for newer, older in past]
    features += [now[..., 2:3] / scale, axes[..., 2, :]]
    said = []
    for ahead in range(1, AHEAD + 1):
        then = at(true, ahead)
        said.append(torch.cat([(then - now)[..., hinges], root_axes((then - now)[..., :3]), turn(now[..., 3:7], then[..., 3:7])], -1))
    count = true.shape[0] * len(times)
    return torch.cat(features, -1).reshape(count, -1).float(), torch.stack(said, 2).reshape(count, AHEAD, -1).float()


def leverage(qpos, sites, hinges):
    """How many metres the keypoints move for one unit of each number that is said of a frame: by regression over the motion itself."""
    axes = matrix(qpos[..., 3:7])
    local = torch.einsum("cfij,cfki->cfkj", axes, sites - qpos[..., None, :3])
    change = (local[:, 1:] - local[:, :-1]).flatten(0, 1).flatten(1)
    joints = (qpos[:, 1:] - qpos[:, :-1])[..., hinges].flatten(0, 1)
    ridge = 1e-3 * (joints ** 2).mean() * len(joints) * torch.eye(joints.shape[1], dtype=joints.dtype)
    per_joint = torch.linalg.solve(joints.T @ joints + ridge, joints.T @ change)
    keypoints = sites.shape[2]
    by_joint = (per_joint ** 2).sum(1).div(keypoints).sqrt()
    # The root's displacement moves every keypoint; its turns those that are far from it.
    reach = local.flatten(0, 2).pow(2).mean(0)
    by_turn = torch.stack([(reach[1] + reach[2]), (reach[0] + reach[2]), (reach[0] + reach[1])]).sqrt()
    return torch.cat([by_joint, torch.ones(3, dtype=by_joint.dtype), by_turn]).float()


class Forecaster(nn.Module):
    """Displacements ahead: linear in the changes that are seen, and with hidden layers what a linear forecast leaves over. seen, said: (1, ...).

    changes: the slice of what is seen that is no posture. A body that is still is forecast to stay still, whatever its posture.
    """

    def __init__(self, mean, scale, linear, changes, frames, hidden=0):
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("scale", scale)
        self.register_buffer("linear", linear)
        self.changes, self.frames, self.rest = changes, frames, None
        if hidden:
            self.rest = nn.Sequential(nn.Linear(len(mean), hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU(), nn.Linear(hidden, linear.shape[1]))
            nn.init.zeros_(self.rest[-1].weight)
            nn.init.zeros_(self.rest[-1].bias)

    def forward(self, seen):
        x = (seen - self.mean) / self.scale
        changes = x[:, self.changes[0]:self.changes[1]]
        said = changes @ self.linear
        if self.rest is not None:
            # NB: what lies far outside of the motion that was learnt from is not to be made more of.
            motion = (changes * changes).mean(1, keepdim=True).sqrt().clamp(max=1)
            said = said + motion * self.rest(x.clamp(-4, 4))
        return said.reshape(seen.shape[0], self.frames, -1)
