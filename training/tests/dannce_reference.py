"""DANNCE once more, in NumPy and plain calls, from its published conventions and independent of closedloop_training.dannce."""

import numpy as np
import torch
from torch.nn import functional as F


def random_checkpoint(channels, keypoints, cells, widths, norm, residual=False, norm_rise=False, last_kernel=1, seed=0):
    """A state_dict as dannce-pytorch names it, of random weights."""
    random = torch.Generator().manual_seed(seed)
    state = {}

    def convolution(name, outputs, inputs, kernel, transposed=False):
        shape = (inputs, outputs) if transposed else (outputs, inputs)
        fan = inputs * kernel ** 3 / (8 if transposed else 1)
        state[f"{name}.weight"] = torch.randn(*shape, kernel, kernel, kernel, generator=random) * (2 / fan) ** 0.5
        state[f"{name}.bias"] = torch.randn(outputs, generator=random) * 0.1

    def normal(name, outputs, size):
        shape = [size] * 3 if norm == "layer" else [outputs]
        if norm in ("layer", "batch"):
            state[f"{name}.weight"] = 1 + 0.2 * torch.randn(*shape, generator=random)
            state[f"{name}.bias"] = 0.2 * torch.randn(*shape, generator=random)
        if norm == "batch":
            state[f"{name}.running_mean"] = 0.2 * torch.randn(*shape, generator=random)
            state[f"{name}.running_var"] = 0.5 + torch.rand(*shape, generator=random)
            state[f"{name}.num_batches_tracked"] = torch.tensor(7)

    def block(name, inputs, outputs, size):
        branch = f"{name}.{'res_branch' if residual else 'block'}"
        convolution(f"{branch}.0", outputs, inputs, 3)
        normal(f"{branch}.1", outputs, size)
        convolution(f"{branch}.{2 if norm == 'none' else 3}", outputs, outputs, 3)
        normal(f"{branch}.4", outputs, size)
        if residual and inputs != outputs:
            convolution(f"{name}.skip_con.0", outputs, inputs, 1)
            normal(f"{name}.skip_con.1", outputs, size)

    for i, width in enumerate(widths):
        block(f"encoder_decoder.encoder_res{i + 1}", widths[i - 1] if i else channels, width, cells >> i)
    for i in range(len(widths) - 1):
        convolution(f"encoder_decoder.decoder_upsample{i + 1}.block.0", widths[i], widths[i + 1], 2, transposed=True)
        if norm_rise:
            normal(f"encoder_decoder.decoder_upsample{i + 1}.block.1", widths[i], cells >> i)
        block(f"encoder_decoder.decoder_res{i + 1}", 2 * widths[i], widths[i], cells >> i)
    convolution("output_layer", keypoints, widths[0], last_kernel)
    state["output_layer.weight"] *= 8  # Peaks, not a level plain.
    return state


def network(x, state, norm, residual=False, norm_rise=False, levels=4):
    """Volumes (1, C, n, n, n) through a state_dict with dannce-pytorch's names."""

    def convolution(name, x):
        weight = state[f"{name}.weight"]
        return F.conv3d(x, weight, state[f"{name}.bias"], padding=weight.shape[-1] // 2)

    def normal(name, x):
        if norm == "layer":
            mean = x.mean((2, 3, 4), keepdim=True)
            spread = ((x - mean) ** 2).mean((2, 3, 4), keepdim=True)
            return (x - mean) / (spread + 1e-5).sqrt() * state[f"{name}.weight"] + state[f"{name}.bias"]
        if norm == "instance":
            return F.instance_norm(x)
        if norm == "batch":
            part = [state[f"{name}.{key}"][:, None, None, None] for key in ("running_mean", "running_var", "weight", "bias")]
            return (x - part[0]) / (part[1] + 1e-5).sqrt() * part[2] + part[3]
        return x

    def block(name, x):
        branch = f"encoder_decoder.{name}.{'res_branch' if residual else 'block'}"
        y = F.relu(normal(f"{branch}.1", convolution(f"{branch}.0", x)))
        y = normal(f"{branch}.4", convolution(f"{branch}.{2 if norm == 'none' else 3}", y))
        if residual:
            skip = f"encoder_decoder.{name}.skip_con"
            y = y + (normal(f"{skip}.1", convolution(f"{skip}.0", x)) if f"{skip}.0.weight" in state else x)
        return F.relu(y)

    beside = []
    for level in range(1, levels + 1):
        x = block(f"encoder_res{level}", x if level == 1 else F.max_pool3d(x, 2))
        beside.append(x)
    for level in range(levels - 1, 0, -1):
        name = f"encoder_decoder.decoder_upsample{level}.block"
        x = F.conv_transpose3d(x, state[f"{name}.0.weight"], state[f"{name}.0.bias"], stride=2)
        if norm_rise:
            x = F.relu(normal(f"{name}.1", x))
        x = block(f"decoder_res{level}", torch.cat([x, beside[level - 1]], 1))
    return convolution("output_layer", x)


def matlab_camera(camera):
    """One of our cameras (21 numbers, metres) as DANNCE keeps them: K transposed with a principal point from 1, r, t in mm."""
    fx, fy, cx, cy, k1, k2, p1, p2, k3 = camera[:9]
    return dict(K=np.array([[fx, 0, 0], [0, fy, 0], [cx + 1, cy + 1, 1]]), r=camera[9:18].reshape(3, 3).T, t=1000 * camera[18:21][None],
                radial=(k1, k2, k3), tangential=(p1, p2))


def voxels(centre_mm, low_mm, high_mm, cells):
    """Voxel centres (n, n, n, 3) in mm."""
    size = (high_mm - low_mm) / cells
    axes = [c + low_mm + size / 2 + size * np.arange(cells) for c in centre_mm]
    return np.stack(np.meshgrid(*axes), -1)  # NumPy's own order: 'xy'.


def pixels_of(points_mm, m):
    """(N, 2): row vectors times [r; t] K, then the lens."""
    homogeneous = np.hstack([points_mm, np.ones((len(points_mm), 1))]) @ np.vstack([m["r"], m["t"]]) @ m["K"]
    u, v = homogeneous[:, 0] / homogeneous[:, 2], homogeneous[:, 1] / homogeneous[:, 2]
    k = m["K"]
    y = (v - k[2, 1]) / k[1, 1]
    x = (u - k[2, 0] - k[1, 0] * y) / k[0, 0]
    r2 = x * x + y * y
    bend = m["radial"][0] * r2 + m["radial"][1] * r2 ** 2 + m["radial"][2] * r2 ** 3
    p, q = m["tangential"]
    x, y = x + x * bend + 2 * p * x * y + q * (r2 + 2 * x * x), y + y * bend + p * (r2 + 2 * y * y) + 2 * q * x * y
    return np.stack([x * k[0, 0] + k[2, 0] + k[1, 0] * y, y * k[1, 1] + k[2, 1]], 1)


def nearest(image, pixels):
    height, width = image.shape[:2]
    column = np.round(np.clip(pixels[:, 0], 0, width - 1)).astype(int)
    row = np.round(np.clip(pixels[:, 1], 0, height - 1)).astype(int)
    return image[row, column].astype(np.float64)


def linear(image, pixels):
    """As dannce-pytorch samples: see closedloop_training.dannce.DannceNetwork.sample_linear."""
    height, width = image.shape[:2]
    found = np.zeros((len(pixels), 3))
    for i, (u, v) in enumerate(pixels):
        u, v = min(max(u, 0), width - 1), min(max(v, 0), height - 1)
        c, r = int(np.floor(u)), int(np.floor(v))
        a, b = u - c, v - r
        at = lambda row, column: image[row, column].astype(np.float64) if row < height and column < width else np.zeros(3)
        found[i] = at(r, c) * (1 - a) * (1 - b) + at(r, c + 1) * (1 - a) * b + at(r + 1, c) * a * (1 - b) + at(r + 1, c + 1) * a * b
    return found


def volume(images, cameras, centre_m, low_mm, high_mm, cells, sample=nearest, mono=False):
    """(1, channels, n, n, n) float32."""
    grid = voxels(1000 * np.asarray(centre_m), low_mm, high_mm, cells).reshape(-1, 3)
    parts = []
    for image, camera in zip(images, cameras):
        colours = sample(image, pixels_of(grid, matlab_camera(camera)))
        if mono:
            colours = colours @ np.array([[0.2125], [0.7154], [0.0721]])
        parts.append(colours.reshape(cells, cells, cells, -1))
    return (np.concatenate(parts, -1).transpose(3, 0, 1, 2)[None] / 127.5 - 1).astype(np.float32)


def decode(heat, centre_m, low_mm, high_mm):
    """Positions (K, 3) in metres: the expectation over a softmax."""
    cells = heat.shape[-1]
    grid = voxels(1000 * np.asarray(centre_m), low_mm, high_mm, cells).reshape(-1, 3)
    flat = heat.reshape(heat.shape[1], -1).astype(np.float64)
    likely = np.exp(flat - flat.max(1, keepdims=True))
    likely /= likely.sum(1, keepdims=True)
    return likely @ grid / 1000, likely
