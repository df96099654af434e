"""DANNCE networks (Dunn et al., Nature Methods 2021) as the program runs them: projection, U-Net and decoding in one graph.

Written from the published facts; the weights come from checkpoints of dannce-pytorch. Its names become ours like this
(a block is two 3x3x3 convolutions; i counts from 1 there and from 0 here):

    encoder_decoder.encoder_res{i}.block.{0, 1, 3, 4}          down.{i}.{conv1, norm1, conv2, norm2}
    encoder_decoder.decoder_upsample{i}.block.{0, 1}           up.{i}.{rise, rise_norm}
    encoder_decoder.decoder_res{i}.block.{0, 1, 3, 4}          up.{i}.block.{conv1, norm1, conv2, norm2}
    ....res_branch.{0, 1, 3, 4}, ....skip_con.{0, 1}           ....{conv1, norm1, conv2, norm2}, ....{skip, skip_norm}
    output_layer                                               head

Without normalisation ("none") the second convolution is number 2. The prefixes `module.` (several GPUs) and
`pose_generator.` (sDANNCE, whose graph network behind it is not part of this one) are dropped.
"""

import re

import torch
from torch import nn
from torch.nn import functional as F

from .volumetric import project

NORMS = ("layer", "batch", "instance", "none")
WIDTHS = {"dannce": (64, 128, 256, 512), "compressed_dannce": (32, 64, 128, 256)}
# The layout of the rat networks of MIMIC (Aldarondo et al., Nature 2024): rat23.
RAT23 = ("Snout", "EarL", "EarR", "SpineF", "SpineM", "SpineL", "TailBase", "ShoulderL", "ElbowL", "WristL", "HandL",
         "ShoulderR", "ElbowR", "WristR", "HandR", "HipL", "KneeL", "AnkleL", "FootL", "HipR", "KneeR", "AnkleR", "FootR")
# NB: DANNCE's principal points count from 1, as MATLAB's do, and yet its projections are used as indices that count
# from 0. Published weights have learnt from voxels that look one pixel to the right and below of where they are.
PIXEL_OFFSET = 1.0
# Grey as scikit-image weighs it: what `mono` networks were trained on.
GREY = (0.2125, 0.7154, 0.0721)


def normalisation(kind, channels, cells):
    if kind == "layer":
        return nn.LayerNorm([cells] * 3)  # NB: over the three axes of space, each channel for itself.
    return {"batch": nn.BatchNorm3d, "instance": nn.InstanceNorm3d, "none": lambda _: nn.Identity()}[kind](channels)


class Block(nn.Module):
    """Two convolutions; `residual`: around a shortcut."""

    def __init__(self, inputs, outputs, norm, cells, residual):
        super().__init__()
        self.residual = residual
        self.conv1, self.norm1 = nn.Conv3d(inputs, outputs, 3, 1, 1), normalisation(norm, outputs, cells)
        self.conv2, self.norm2 = nn.Conv3d(outputs, outputs, 3, 1, 1), normalisation(norm, outputs, cells)
        if residual and inputs != outputs:
            self.skip, self.skip_norm = nn.Conv3d(inputs, outputs, 1), normalisation(norm, outputs, cells)

    def forward(self, x):
        y = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        if self.residual:
            y = y + (self.skip_norm(self.skip(x)) if hasattr(self, "skip") else x)
        return F.relu(y)


class Rise(nn.Module):
    """Doubles the resolution and joins the encoder's features of that level, after its own."""

    def __init__(self, inputs, outputs, norm, cells, residual, norm_rise):
        super().__init__()
        self.rise = nn.ConvTranspose3d(inputs, outputs, 2, 2)
        self.rise_norm = normalisation(norm, outputs, cells) if norm_rise else None
        self.block = Block(2 * outputs, outputs, norm, cells, residual)

    def forward(self, x, beside):
        x = self.rise(x)
        if self.rise_norm is not None:
            x = F.relu(self.rise_norm(x))
        return self.block(torch.cat([x, beside], 1))


class DannceUNet(nn.Module):
    """Volumes (1, channels, cells, cells, cells) -> volumes (1, keypoints, cells, cells, cells), before any softmax."""

    def __init__(self, channels, keypoints, cells, widths=WIDTHS["dannce"], norm="layer", residual=False, norm_rise=False, last_kernel=1):
        super().__init__()
        inputs = (channels,) + tuple(widths[:-1])
        levels = range(len(widths))
        self.down = nn.ModuleList(Block(inputs[i], widths[i], norm, cells >> i, residual) for i in levels)
        self.up = nn.ModuleList(Rise(widths[i + 1], widths[i], norm, cells >> i, residual, norm_rise) for i in levels[:-1])
        self.head = nn.Conv3d(widths[0], keypoints, last_kernel, 1, last_kernel // 2)

    def forward(self, x):
        beside = []
        for level, block in enumerate(self.down):
            x = block(F.max_pool3d(x, 2) if level else x)
            beside.append(x)
        for level in reversed(range(len(self.up))):
            x = self.up[level](x, beside[level])
        return self.head(x)


class DannceNetwork(nn.Module):
    """The interface of models/keypoints-volumetric for a number of views that the weights fix.

    settings: channels, keypoints, cells, widths, norm, residual, norm_rise, last_kernel of the U-Net; from_m, to_m: where
    the cube begins and ends about the centre along each axis; mono; interpolation "nearest" or "linear"; head "average"
    or "maximum"; offset_px: see PIXEL_OFFSET.
    """

    def __init__(self, from_m, to_m, mono=False, interpolation="nearest", head="average", offset_px=PIXEL_OFFSET, **unet):
        super().__init__()
        self.unet, self.cells = DannceUNet(**unet), unet["cells"]
        self.views = unet["channels"] // (1 if mono else 3)
        self.mono, self.interpolation, self.average, self.offset_px = mono, interpolation, head == "average", offset_px
        self.register_buffer("axis", from_m + (torch.arange(self.cells) + 0.5) / self.cells * (to_m - from_m), persistent=False)
        self.register_buffer("grey", torch.tensor(GREY), persistent=False)

    def points(self, centre):
        """The middles of the voxels (cells^3, 3) in the arena.

        NB: y is the slowest axis of the volume, then x, then z: NumPy's meshgrid as DANNCE calls it. They are made of the
        centre, so that no list of half a million points is written into the graph.
        """
        shape = (self.cells,) * 3
        x, y, z = ((centre[i] + self.axis) for i in range(3))
        return torch.stack([x[None, :, None].expand(shape), y[:, None, None].expand(shape), z[None, None, :].expand(shape)], -1).reshape(-1, 3)

    def sample(self, images, pixels):
        """Colours (V, N, 3) at pixels (V, N, 2), of the nearest pixel of the view; see `sample_linear` for "linear"."""
        height, width = images.shape[1], images.shape[2]
        # A sum, so that the graph keeps the size of the images open.
        zero = pixels.new_zeros(())
        last = torch.stack([zero + (width - 1), zero + (height - 1)])
        flat = images.reshape(-1, 3)
        first = (torch.arange(self.views, device=pixels.device) * (height * width))[:, None]

        def take(column, row):
            # NB: bytes are gathered, not images made of floats: exact, and a tenth of the work.
            index = first + row.long() * width + column.long()
            return flat.index_select(0, index.reshape(-1)).reshape(self.views, -1, 3).float()

        inside = torch.minimum(pixels.clamp(min=0), last)
        if self.interpolation == "nearest":
            nearest = torch.round(inside)
            return take(nearest[..., 0], nearest[..., 1])
        return self.sample_linear(inside, last, take)

    @staticmethod
    def sample_linear(inside, last, take):
        """What dannce-pytorch calls linear: coordinates clamped, 0 beyond the last row and column, and

        NB: the weights of the pixel to the right and of the pixel below exchanged. Weights that were trained with it
        expect it.
        """
        whole = torch.floor(inside)
        part, beyond = inside - whole, torch.minimum(whole + 1, last)
        there = (whole + 1 <= last).to(inside)
        (x, y), (there_x, there_y) = part.unbind(-1), there.unbind(-1)
        right = take(beyond[..., 0], whole[..., 1]) * (there_x * (1 - x) * y)[..., None]
        below = take(whole[..., 0], beyond[..., 1]) * (there_y * x * (1 - y))[..., None]
        both = take(beyond[..., 0], beyond[..., 1]) * (there_x * there_y * x * y)[..., None]
        return take(whole[..., 0], whole[..., 1]) * ((1 - x) * (1 - y))[..., None] + right + below + both

    def volume(self, images, intrinsics, distortion, rotation, translation, centre, weights):
        """What the U-Net gets, (1, channels, cells, cells, cells): views in order, their colours within, -1 to 1."""
        pixels, _ = project(self.points(centre), intrinsics, distortion, rotation, translation)
        colours = self.sample(images, pixels + self.offset_px) * weights[:, None, None]
        if self.mono:
            colours = (colours * self.grey).sum(-1, keepdim=True)
        return (colours / 127.5 - 1).permute(0, 2, 1).reshape(1, -1, self.cells, self.cells, self.cells)

    def forward(self, images, intrinsics, distortion, rotation, translation, centre, weights):
        volume = self.unet(self.volume(images, intrinsics, distortion, rotation, translation, centre, weights))
        heat = volume.flatten(2)[0]
        cells = self.cells
        if not self.average:
            score, best = heat.max(-1)
            rows = torch.div(best, cells, rounding_mode="floor")
            place = torch.stack([rows % cells, torch.div(rows, cells, rounding_mode="floor"), best % cells], -1)
            return self.axis[place] + centre, torch.sigmoid(score)
        probability = torch.softmax(heat, -1).reshape(-1, cells, cells, cells)
        # The expectation along each axis needs the sums over the other two alone.
        positions = torch.stack([torch.matmul(probability.sum(others), self.axis) for others in ((1, 3), (2, 3), (1, 2))], -1)
        # NB: DANNCE's own p_max is the peak alone, about 0.01; the mass of the voxel and its neighbours says more.
        blocks = F.avg_pool3d(probability[None], 3, 1, 1) * 27
        return positions + centre, F.max_pool3d(blocks, cells).reshape(-1).clamp(max=1)


def our_name(name):
    """The name here of a tensor of a dannce-pytorch checkpoint; None where it has none."""
    name = re.sub(r"^(module\.|pose_generator\.)+", "", name)
    if name.startswith("output_layer."):
        return name.replace("output_layer.", "head.")
    match = re.match(r"encoder_decoder\.(encoder_res|decoder_res|decoder_upsample)(\d)\.(block|res_branch|skip_con)\.(\d)\.(\w+)$", name)
    if not match:
        return None
    part, level, branch, number, rest = match.groups()
    path = f"down.{int(level) - 1}" if part == "encoder_res" else f"up.{int(level) - 1}" + (".block" if part == "decoder_res" else "")
    names = {"skip_con": ("skip", "skip_norm")}.get(branch, ("rise", "rise_norm") if part == "decoder_upsample" else ("conv1", "norm1", None, "conv2", "norm2"))
    return f"{path}.{names[int(number)]}.{rest}"


def renamed(state):
    """A dannce-pytorch state_dict under the names here, and whether its blocks are without normalisation."""
    names = [re.sub(r"^(module\.|pose_generator\.)+", "", name) for name in state]
    # Without layers of normalisation the second convolution of a block is its number 2.
    bare = any(re.search(r"_res1\.(block|res_branch)\.2\.weight", name) for name in names)
    found = {}
    for name, value in state.items():
        name = re.sub(r"((?:block|res_branch)\.)2\.", r"\g<1>3.", name) if bare else name
        ours = our_name(name)
        if ours is not None:
            found[ours] = value
    return found, bare


def architecture(state, bare):
    """What the shapes of a renamed state_dict say (`bare`: see `renamed`): channels, keypoints, widths, norm, residual, norm_rise, last_kernel, and cells or None."""
    levels = sum(1 for name in state if re.match(r"down\.\d+\.conv1\.weight$", name))
    first, norm = state["down.0.conv1.weight"], state.get("down.0.norm1.weight")
    cells = None
    if norm is None:
        kind = "none" if bare else "instance"  # neither has weights
    elif norm.dim() == 3:
        kind, cells = "layer", norm.shape[0]
    else:
        kind = "batch" if "down.0.norm1.running_mean" in state else "instance"
    head = state["head.weight"]
    return dict(channels=first.shape[1], keypoints=head.shape[0], cells=cells, norm=kind,
                widths=tuple(state[f"down.{i}.conv1.weight"].shape[0] for i in range(levels)),
                residual="down.0.skip.weight" in state, norm_rise="up.0.rise_norm.weight" in state, last_kernel=head.shape[2])
