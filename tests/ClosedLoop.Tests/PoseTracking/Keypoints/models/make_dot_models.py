"""Makes the model folders that the tests of `track` use: networks that find six coloured dots on black.

    python3 tests/ClosedLoop.Tests/PoseTracking/Keypoints/models/make_dot_models.py

They are real networks with the inputs and outputs of the shipped ones, and what they should find in an image of dots is
known exactly: a test of the whole way from pictures to keypoints, half pixels included.
"""

import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[4] / "training"))

from closedloop_training.model_folder import ModelFolder  # noqa: E402
from closedloop_training.volumetric import project  # noqa: E402

# Red, green, blue, yellow, magenta, cyan.
NAMES = ["SpineM", "Snout", "TailBase", "HandL", "HandR", "SpineF"]


def colours(images):
    """How much of each dot's colour is in each pixel, nothing of the others'."""
    r, g, b = images[:, 0:1], images[:, 1:2], images[:, 2:3]
    low, high = torch.minimum, torch.maximum
    maps = [r - high(g, b), g - high(r, b), b - high(r, g), low(r, g) - b, low(r, b) - g, low(g, b) - r]
    return torch.relu(torch.cat(maps, 1))


class Localiser(nn.Module):
    def forward(self, images):
        red = F.avg_pool2d(colours(images)[:, 0:1], 4)[:, 0]
        return red / (red.sum((1, 2), keepdim=True) + 1e-3)


class Heatmaps(nn.Module):
    def forward(self, crops):
        maps = F.avg_pool2d(colours(crops), 2)
        return maps / (maps.sum((2, 3), keepdim=True) + 1e-3)


class Volume(nn.Module):
    def __init__(self, cells=48, size_m=0.24):
        super().__init__()
        self.register_buffer("axis", ((torch.arange(cells) + 0.5) / cells - 0.5) * size_m)

    def forward(self, images, intrinsics, distortion, rotation, translation, centre, weights):
        maps = colours(images.permute(0, 3, 1, 2).float() / 255)
        # Spread out in the graph: a grid that is stored would be nearly all of the file.
        x, y, z = self.axis + centre[0], self.axis + centre[1], self.axis + centre[2]
        ones = torch.ones_like(z)
        points = torch.stack([x[:, None, None] * ones[:, None] * ones, ones[:, None, None] * y[:, None] * ones, ones[:, None, None] * ones[:, None] * z], -1).reshape(-1, 3)
        pixels, _ = project(points, intrinsics, distortion, rotation, translation)
        scale = torch.stack([torch.as_tensor(2.0 / images.shape[2]), torch.as_tensor(2.0 / images.shape[1])])
        seen = F.grid_sample(maps, ((pixels + 0.5) * scale - 1)[:, None], mode="bilinear", padding_mode="zeros", align_corners=False)[:, :, 0]
        likely = (torch.log(seen + 1e-3) * weights[:, None, None]).sum(0)
        share = torch.softmax(likely, -1)
        return share @ points, share.max(-1).values


def dots(height, width):
    """A picture with a dot of each colour; the rest black."""
    image = torch.zeros(1, 3, height, width)
    for k, colour in enumerate([(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1)]):
        x, y = 8 + 5 * k, 10 + 4 * k
        image[0, :, y : y + 3, x : x + 3] = 0.5 * torch.tensor(colour, dtype=torch.float32)[:, None, None]
    return image


def main():
    torch.manual_seed(0)
    localiser = {"images": (["views", 3, 60, 80], "1", "whole views")}, {"presence": (["views", 15, 20], "1", "probability per cell")}
    made = {"preprocessing": {"crop_size_m": 0.28}, "version": "1", "licence": "MIT", "trained_with": "", "held_out": {}, "keypoints": NAMES}

    folder = ModelFolder(HERE / "dots-per-view")
    folder.add("localise.onnx", Localiser(), *localiser, [dots(60, 80)])
    folder.add("heatmaps.onnx", Heatmaps(), {"crops": (["views", 3, 96, 96], "1", "crops")},
               {"heatmaps": (["views", len(NAMES), 48, 48], "1", "probability per cell")}, [dots(96, 96)])
    folder.write(kind="keypoints-per-view", description="Finds coloured dots, for tests.", **made)

    folder = ModelFolder(HERE / "dots-volumetric")
    folder.add("localise.onnx", Localiser(), *localiser, [dots(60, 80)])
    inputs = {
        "images": (["views", "height", "width", 3], "1", "whole views"),
        "intrinsics": (["views", 4], "px", "fx, fy, cx, cy"),
        "distortion": (["views", 5], "1", "k1, k2, p1, p2, k3"),
        "rotation": (["views", 3, 3], "1", "arena to camera"),
        "translation": (["views", 3], "m", "arena to camera"),
        "centre": ([3], "m", "the middle of the cube"),
        "weights": (["views"], "1", "1 for a view that is there"),
    }
    outputs = {"positions": ([len(NAMES), 3], "m", "the dots"), "confidence": ([len(NAMES)], "1", "the highest probability")}
    sample = [torch.randint(0, 256, (2, 12, 16, 3), dtype=torch.uint8), torch.tensor([[20.0, 20, 8, 6]] * 2), torch.zeros(2, 5),
              torch.eye(3).repeat(2, 1, 1), torch.tensor([[0.0, 0, 0.5], [0.1, 0, 0.5]]), torch.zeros(3), torch.ones(2)]
    folder.add("volumetric.onnx", Volume(), inputs, outputs, sample)
    folder.write(kind="keypoints-volumetric", description="Finds coloured dots, for tests.", **made)


if __name__ == "__main__":
    main()
