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
    """As a tracker and a registration see the motion: every clip with a strength of its own, from hardly any to some mm at the keypoints."""
    def draw(*shape):
        return torch.randn(*shape, generator=generator, dtype=qpos.dtype)
    clips, frames, _ = qpos.shape
    strength = 10 ** (2.1 * torch.rand(clips, 1, 1, generator=generator, dtype=qpos.dtype) - 1.7)

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
    """How many millimetres the keypoints move for one unit of each number that is said of a frame: by regression over the motion itself."""
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
    # A joint that moves no keypoint is not to be forecast without bounds.
    return 1000 * torch.cat([by_joint.clamp_min(1e-3), torch.ones(3, dtype=by_joint.dtype), by_turn]).float()


class Forecaster(nn.Module):
    """Displacements ahead: linear in the changes that are seen, and with hidden layers what a linear forecast leaves over. seen, said: (1, ...).

    The hidden layers see how the body moves apart from how fast, and say how it goes on relative to that: slow motion is
    forecast as motion, and a body that is still to stay still, whatever its posture.

    linear: changes to all that is said. unit: millimetres that the keypoints move for one of each number that is said of a frame.
    """

    def __init__(self, mean, sd, linear, unit, hidden=0):
        super().__init__()
        self.joints, self.rest = len(unit) - 6, None
        for name, value in (("mean", mean), ("sd", sd), ("linear", linear), ("unit", unit), ("units", per_change(unit))):
            self.register_buffer(name, value)
        if hidden:
            self.rest = nn.Sequential(nn.Linear(len(mean) + 1, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU(), nn.Linear(hidden, linear.shape[1]))
            nn.init.zeros_(self.rest[-1].weight)
            nn.init.zeros_(self.rest[-1].bias)

    def forward(self, seen):
        changes = seen[:, self.joints:-4]
        said = (changes @ self.linear).reshape(seen.shape[0], AHEAD, -1)
        if self.rest is None:
            return said
        # NB: a posture far outside of those that were learnt from is not to be made more of.
        posture = ((seen - self.mean) / self.sd).clamp(-3, 3)
        millimetres = changes * self.units
        speed = motion(millimetres)
        rest = self.rest(torch.cat([posture[:, :self.joints], millimetres / (speed + 0.1), posture[:, -4:], torch.log(speed + 0.1)], 1))
        return said + speed[:, :, None] * rest.reshape(seen.shape[0], AHEAD, -1) / self.unit


def per_change(unit):
    """The unit of each change that is seen: joints, displacements and turns of the last frames."""
    return torch.cat([unit[:-6].repeat(HISTORY), unit[-6:-3].repeat(HISTORY), unit[-3:].repeat(HISTORY)])


def motion(millimetres):
    """How far the keypoints moved a frame, (N, 1), of the changes that are seen in millimetres."""
    return ((millimetres * millimetres).sum(1, keepdim=True) / HISTORY + 1e-12).sqrt()


def going_on(unit, fade):
    """The linear forecast that everything goes on as from the last frame but one to the last, slower by a factor with every frame."""
    joints, said = len(unit) - 6, len(unit)
    linear = torch.zeros(HISTORY * said, AHEAD, said)
    newest = list(range(joints)) + [HISTORY * joints + i for i in range(3)] + [HISTORY * (joints + 3) + i for i in range(3)]
    for ahead in range(AHEAD):
        for place, number in zip(newest, range(said)):
            linear[place, ahead, number] = sum(fade ** (frame + 1) for frame in range(ahead + 1))
    return linear.flatten(1)
