"""The close look of the volumetric network finds a planted point between voxels, and withheld views do not speak."""

import sys
import unittest
from pathlib import Path

import torch

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from closedloop_training.crops import CELLS, CROP_SIZE_M
from closedloop_training.networks import HeatmapNetwork
from closedloop_training.volumetric import FLOOR, VolumetricNetwork, project


def cameras(count):
    """Pinholes 0.8 m from the middle, 0.4 m above it, all looking at it."""
    rotations, translations = [], []
    for i in range(count):
        angle = torch.tensor(2 * torch.pi * i / count)
        place = torch.stack([0.8 * torch.cos(angle), 0.8 * torch.sin(angle), torch.tensor(0.4)])
        ahead = -place / place.norm()
        right = torch.linalg.cross(ahead, torch.tensor([0.0, 0, 1]))
        right = right / right.norm()
        rotation = torch.stack([right, torch.linalg.cross(ahead, right), ahead])
        rotations.append(rotation), translations.append(-rotation @ place)
    return torch.tensor([[320.0, 320, 160, 120]]).repeat(count, 1), torch.zeros(count, 5), torch.stack(rotations), torch.stack(translations)


class CloseLookTests(unittest.TestCase):
    def look(self, truth, coarse, weights, spoil=None):
        rig = cameras(len(weights))
        torch.manual_seed(0)
        network = VolumetricNetwork(HeatmapNetwork(len(truth), widths=(4, 8, 8, 8), decoder=8), len(truth), cells=8, carried=2, widths=(4, 4, 4)).eval()
        centre = torch.tensor([0.01, -0.02, 0.03])
        middle, depth = project(centre[None], *rig)
        side = CROP_SIZE_M * 320 / depth[:, 0]
        pixels, _ = project(truth, *rig)
        cells = ((pixels - middle) / side[:, None, None] + 0.5) * CELLS - 0.5
        axis = torch.arange(CELLS).float()
        maps = torch.exp(-0.5 * (((axis - cells[..., 0:1]) / 0.8) ** 2)[..., None, :] - 0.5 * (((axis - cells[..., 1:2]) / 0.8) ** 2)[..., :, None])
        maps = torch.log(maps / maps.sum((-1, -2), keepdim=True) + FLOOR)
        if spoil is not None:
            maps[spoil] = maps[spoil].flip(-1)
        with torch.no_grad():
            return network.look_closely(maps, coarse, torch.full((len(truth),), 1e-3), middle[:, 0], side, *rig, weights)

    def test_a_point_between_voxels_is_found(self):
        truth = torch.tensor([[0.03, 0.01, 0.05], [-0.04, -0.03, 0.02]])
        positions, covariance = self.look(truth, truth + torch.tensor([0.005, -0.006, 0.003]), torch.ones(5))
        self.assertLess(float((positions - truth).norm(dim=-1).max()), 0.0009)
        self.assertTrue(bool((torch.linalg.eigvalsh(covariance) > 0).all()))

    def test_a_view_that_weighs_nothing_does_not_speak(self):
        truth = torch.tensor([[0.03, 0.01, 0.05]])
        weights = torch.tensor([1.0, 1, 0, 1, 1])
        clean, _ = self.look(truth, truth + 0.004, weights)
        spoilt, _ = self.look(truth, truth + 0.004, weights, spoil=2)
        self.assertEqual(float((clean - spoilt).abs().max()), 0)


if __name__ == "__main__":
    unittest.main()
