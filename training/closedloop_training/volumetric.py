"""The volumetric network: every view's features are carried into one cube about the animal and judged there together.

After DANNCE (Dunn et al., Nature Methods 2021) and learnable volumetric triangulation (Iskakov et al., ICCV 2019): as in
the latter, what is carried into the cube are the features of a network per view, so that the cube may be coarse; and
the views' heatmaps, multiplied in the cube, are where the answer starts from: the 3D network only corrects it. What the
coarse cube says is then looked at again closely: about each keypoint the heatmaps are multiplied in a small cube of fine
voxels, for voxels as wide as a heatmap's hill cannot say where in them its top is.
"""

import torch
from torch import nn
from torch.nn import functional as F

from .crops import CROP_PX, CROP_SIZE_M

FLOOR = 1e-5


def convolution3(inputs, outputs, stride=1):
    return nn.Sequential(nn.Conv3d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm3d(outputs), nn.ReLU(inplace=True))


def project(points, intrinsics, distortion, rotation, translation):
    """Pixels (V, N, 2) and depths (V, N) of points (N, 3): src/Core/Cameras/CameraCalibration.cs for all views at once."""
    local = torch.matmul(points, rotation.transpose(1, 2)) + translation[:, None]
    depth = local[..., 2]
    safe = depth.clamp(min=1e-3)
    x, y = local[..., 0] / safe, local[..., 1] / safe
    k1, k2, p1, p2, k3 = (distortion[:, i : i + 1] for i in range(5))
    r2 = x * x + y * y
    radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
    u = x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x)
    v = y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y
    return torch.stack([intrinsics[:, 2:3] + intrinsics[:, 0:1] * u, intrinsics[:, 3:4] + intrinsics[:, 1:2] * v], -1), depth


class CubeNetwork(nn.Module):
    """A 3D U-Net of three levels (Cicek et al., 2016)."""

    def __init__(self, inputs, outputs, widths=(16, 32, 64)):
        super().__init__()
        a, b, c = widths
        self.squeeze = nn.Sequential(nn.Conv3d(inputs, a, 1, bias=False), nn.BatchNorm3d(a), nn.ReLU(inplace=True))
        self.level1 = convolution3(a, a)
        self.level2 = nn.Sequential(convolution3(a, b, 2), convolution3(b, b))
        self.level3 = nn.Sequential(convolution3(b, c, 2), convolution3(c, c))
        self.rise2, self.join2 = nn.ConvTranspose3d(c, b, 2, 2), convolution3(b, b)
        self.rise1, self.join1 = nn.ConvTranspose3d(b, a, 2, 2), convolution3(a, a)
        self.head = nn.Conv3d(a, outputs, 1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, x):
        a = self.level1(self.squeeze(x))
        b = self.level2(a)
        b = self.join2(b + self.rise2(self.level3(b)))
        return self.head(self.join1(a + self.rise1(b)))


class VolumetricNetwork(nn.Module):
    """Images of V calibrated views and a centre -> positions (K, 3) in metres and confidences (K).

    The cube is parallel to the axes of the arena: `cells` voxels of `size_m / cells` along each; the fine cubes have
    `fine_cells` of `fine_m`.
    """

    def __init__(self, per_view, keypoints, cells=24, size_m=0.28, carried=16, widths=(16, 32, 64), fine_cells=7, fine_m=0.004):
        super().__init__()
        self.settings = dict(keypoints=keypoints, cells=cells, size_m=size_m, carried=carried, widths=tuple(widths), fine_cells=fine_cells, fine_m=fine_m)
        self.per_view, self.cells, self.size_m, self.keypoints = per_view, cells, size_m, keypoints
        self.carry = nn.Conv2d(per_view.settings["decoder"], carried, 1)
        self.cube = CubeNetwork(keypoints + 2 * carried, keypoints, widths)
        # How far the views' heatmaps are independent of each other; 1: entirely.
        self.trust = nn.Parameter(torch.full((keypoints, 1, 1, 1), 0.6))
        # The same for the fine cubes, and how much wider than it says the coarse answer is as their prior.
        self.fine_trust = nn.Parameter(torch.full((keypoints, 1), 0.6))
        self.fine_prior = nn.Parameter(torch.full((keypoints, 1), 1.0))
        self.register_buffer("grid", self.cube_grid(cells, size_m / cells), persistent=False)
        self.register_buffer("fine_grid", self.cube_grid(fine_cells, fine_m), persistent=False)
        across = (torch.arange(CROP_PX) + 0.5) / CROP_PX - 0.5
        rows, columns = torch.meshgrid(across, across, indexing="ij")
        self.register_buffer("crop_grid", torch.stack([columns, rows], -1), persistent=False)

    @staticmethod
    def cube_grid(cells, voxel_m):
        """The middles (cells^3, 3) of a cube's voxels from its own middle, metres."""
        axis = (torch.arange(cells) + 0.5 - cells / 2) * voxel_m
        return torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)

    def cut(self, images, intrinsics, distortion, rotation, translation, centre):
        """The program's crops about the centre, in the graph: crops, and each one's centre and side in pixels."""
        height, width = images.shape[1], images.shape[2]
        middle, depth = project(centre[None], intrinsics, distortion, rotation, translation)
        side = CROP_SIZE_M * 0.5 * (intrinsics[:, 0] + intrinsics[:, 1]) / depth[:, 0].clamp(min=1e-3)
        pixels = middle[:, 0][:, None, None] + self.crop_grid * side[:, None, None, None]
        # grid_sample's -1..1 runs from edge to edge; the centre of the first pixel is 0.
        scale = torch.stack([torch.as_tensor(2.0 / width), torch.as_tensor(2.0 / height)]).to(pixels)
        grid = (pixels + 0.5) * scale - 1
        crops = F.grid_sample(images.permute(0, 3, 1, 2).float() / 255, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
        return crops, middle[:, 0], side

    def carry_into_cube(self, maps, place, present):
        """Samples maps (V, C, h, w) at places (V, 1, cells^3, 2) within the crop, -1..1."""
        sampled = F.grid_sample(maps, place, mode="bilinear", padding_mode="border", align_corners=False)
        return sampled[:, :, 0] * present

    def gather(self, crops, middle, side, intrinsics, distortion, rotation, translation, centre, weights):
        """What the views say, in the cube: the product of their heatmaps as logits (K, cells...), the cube network's input,
        and the heatmaps' logarithms (V, K, h, w)."""
        features = self.per_view.features(crops)
        logits = self.per_view.logits_of(features)
        likely = torch.log(torch.softmax(logits.flatten(2), -1).reshape(logits.shape) + FLOOR)
        pixels, _ = project(centre + self.grid, intrinsics, distortion, rotation, translation)
        place = ((pixels - middle[:, None]) / side[:, None, None] * 2)[:, None]
        present = weights[:, None, None]
        count = present.sum().clamp(min=1)
        maps, likely = likely, self.carry_into_cube(likely, place, present).sum(0)
        carried = self.carry_into_cube(torch.relu(self.carry(features)), place, present)
        mean = carried.sum(0) / count
        spread = (((carried - mean) * present) ** 2).sum(0) / count
        shape = (-1, self.cells, self.cells, self.cells)
        likely = likely.reshape(shape)
        return likely, torch.cat([likely / count, mean.reshape(shape), spread.reshape(shape)]), maps

    def judge(self, likely, gathered):
        """Logits (B, K, cells^3) of where each keypoint is."""
        return (self.trust * likely + self.cube(gathered)).flatten(2)

    def decode(self, volumes, centre):
        """Coarse positions (K, 3), their variance along an axis (K) and confidences (K)."""
        probability = torch.softmax(volumes, -1)
        middle = torch.matmul(probability, self.grid)
        variance = ((torch.matmul(probability, self.grid**2) - middle**2).sum(-1) / 3).clamp(min=1e-7)
        positions = middle + centre
        # The mass within one voxel of the peak.
        blocks = F.avg_pool3d(probability.reshape(1, -1, self.cells, self.cells, self.cells), 3, 1, 1) * 27
        confidence = F.max_pool3d(blocks, self.cells).reshape(-1).clamp(max=1)
        return positions, variance, confidence

    def look_closely(self, maps, coarse, variance, middle, side, intrinsics, distortion, rotation, translation, weights):
        """Positions (K, 3) and covariances (K, 3, 3) from the heatmaps about the coarse positions."""
        keypoints, voxels = coarse.shape[0], self.fine_grid.shape[0]
        points = (coarse[:, None] + self.fine_grid).reshape(-1, 3)
        pixels, _ = project(points, intrinsics, distortion, rotation, translation)
        # Each view and keypoint samples one map of its own.
        place = ((pixels - middle[:, None]) / side[:, None, None] * 2).reshape(-1, 1, voxels, 2)
        sampled = F.grid_sample(maps.reshape(-1, 1, *maps.shape[2:]), place, mode="bilinear", padding_mode="border", align_corners=False)
        likely = (sampled.reshape(-1, keypoints, voxels) * weights[:, None, None]).sum(0)
        width = (variance[:, None] * self.fine_prior.abs()).clamp(min=1e-7)
        prior = -0.5 * (self.fine_grid**2).sum(-1) / width
        probability = torch.softmax(self.fine_trust * likely + prior, -1)
        shift = torch.matmul(probability, self.fine_grid)
        outer = (self.fine_grid[:, :, None] * self.fine_grid[:, None, :]).reshape(-1, 9)
        covariance = torch.matmul(probability, outer).reshape(-1, 3, 3) - shift[:, :, None] * shift[:, None, :]
        return coarse + shift, covariance

    def locate(self, images, intrinsics, distortion, rotation, translation, centre, weights):
        """Positions (K, 3), covariances (K, 3, 3), confidences (K)."""
        crops, middle, side = self.cut(images, intrinsics, distortion, rotation, translation, centre)
        likely, gathered, maps = self.gather(crops, middle, side, intrinsics, distortion, rotation, translation, centre, weights)
        coarse, variance, confidence = self.decode(self.judge(likely[None], gathered[None])[0], centre)
        positions, covariance = self.look_closely(maps, coarse, variance, middle, side, intrinsics, distortion, rotation, translation, weights)
        return positions, covariance, confidence

    def forward(self, images, intrinsics, distortion, rotation, translation, centre, weights):
        positions, _, confidence = self.locate(images, intrinsics, distortion, rotation, translation, centre, weights)
        return positions, confidence


class VolumetricPoseNetwork(nn.Module):
    """A volumetric network and the pose network that follows it, as one graph with the volumetric network's inputs and outputs."""

    def __init__(self, volumetric, pose):
        super().__init__()
        self.volumetric, self.pose = volumetric, pose

    def forward(self, images, intrinsics, distortion, rotation, translation, centre, weights):
        positions, covariance, confidence = self.volumetric.locate(images, intrinsics, distortion, rotation, translation, centre, weights)
        positions, _ = self.pose(positions, covariance, torch.ones_like(confidence))
        return positions, confidence
