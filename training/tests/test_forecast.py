"""The forecaster's features and training on planted motion."""

import argparse
import sys
import unittest
from pathlib import Path

import torch

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

import train_forecast
from closedloop_training.forecast import AHEAD, HISTORY, Forecaster, examples, going_on, individuals, jitter, leverage, matrix, product, turn

HINGES = [7, 8, 10]
UNIT = torch.tensor([10.0, 20, 5, 1000, 1000, 1000, 40, 60, 60])


def planted(clips=12, frames=80, seed=0):
    """Joints whose changes obey a linear rule, on a root that goes straight on in its own axes and turns evenly."""
    random = torch.Generator().manual_seed(seed)
    qpos = torch.zeros(clips, frames, 11, dtype=torch.double)
    qpos[..., 3] = 1
    speed = 0.004 * torch.randn(clips, 3, generator=random, dtype=torch.double)
    spin = 0.05 * torch.randn(clips, 1, generator=random, dtype=torch.double)
    step = torch.cat([torch.cos(spin / 2), torch.zeros(clips, 2, dtype=torch.double), torch.sin(spin / 2)], -1)
    mix = torch.tensor([[0.9, 0.2, 0.0], [-0.2, 0.9, 0.1], [0.0, -0.1, 0.95]], dtype=torch.double)
    qpos[:, :1, HINGES] = torch.randn(clips, 1, 3, generator=random, dtype=torch.double)
    change = 0.1 * torch.randn(clips, 3, generator=random, dtype=torch.double)
    for frame in range(1, frames):
        qpos[:, frame, 3:7] = product(qpos[:, frame - 1, 3:7], step)
        qpos[:, frame, :3] = qpos[:, frame - 1, :3] + torch.einsum("cij,cj->ci", matrix(qpos[:, frame - 1, 3:7]), speed)
        qpos[:, frame, HINGES] = qpos[:, frame - 1][:, HINGES] + change
        change = change @ mix.T
    return qpos


class Forecast(unittest.TestCase):
    def test_a_linear_system_is_recovered(self):
        options = argparse.Namespace(ridge=1e-9, fade=0.7, hidden=0)
        qpos, other = planted(), planted(seed=1)
        model = train_forecast.regress(*examples(qpos, qpos, HINGES, 1.0), UNIT, options)
        seen, said = examples(other, other, HINGES, 1.0)
        with torch.no_grad():
            joints = (model(seen) - said)[..., :3].abs().max().item()
        self.assertLess(joints, 2e-3 * said[..., :3].abs().max().item())

    def test_a_body_that_is_still_is_forecast_to_stay(self):
        qpos = planted()
        seen, said = examples(qpos, qpos, HINGES, 1.0)
        model = train_forecast.regress(seen, said, UNIT, argparse.Namespace(ridge=1e-3, fade=0.7, hidden=16))
        torch.nn.init.normal_(model.rest[-1].weight)
        still = individuals(qpos, HINGES, torch.Generator().manual_seed(4))[:, :1].repeat(1, 20, 1)
        with torch.no_grad():
            self.assertLess(model(examples(still, still, HINGES, 1.0)[0]).abs().max().item(), 1e-5)
            self.assertGreater(model(seen).abs().max().item(), 1e-2)

    def test_what_goes_on_reaches_the_sum_of_the_powers_of_its_fade(self):
        qpos = planted()
        seen, _ = examples(qpos, qpos, HINGES, 1.0)
        model = Forecaster(seen.mean(0), seen.std(0).clamp_min(1e-5), going_on(UNIT, 0.5), UNIT)
        with torch.no_grad():
            found = model(seen)[:, 2]
        newest = (qpos[:, HISTORY:-AHEAD] - qpos[:, HISTORY - 1:-AHEAD - 1])[..., HINGES].flatten(0, 1).float()
        self.assertLess((found[:, :3] - 0.875 * newest).abs().max().item(), 1e-6)
        # A root that turns evenly goes on about its axis.
        self.assertLess((found[:, 6:] - 0.875 * turn(qpos[:, HISTORY - 1:-AHEAD - 1, 3:7], qpos[:, HISTORY:-AHEAD, 3:7]).flatten(0, 1).float()).abs().max().item(), 1e-6)

    def test_other_individuals_move_alike(self):
        qpos = planted()
        other = individuals(qpos, HINGES, torch.Generator().manual_seed(4))
        (seen, said), (seen_too, said_too) = examples(qpos, qpos, HINGES, 1.0), examples(other, other, HINGES, 1.0)
        self.assertTrue(torch.allclose(said[..., :3], said_too[..., :3], atol=1e-6))
        self.assertTrue(torch.allclose(said[..., 6:].norm(dim=-1), said_too[..., 6:].norm(dim=-1), atol=1e-5))
        self.assertGreater((seen - seen_too)[:, :3].std().item(), 0.05)

    def test_turns_and_displacements_are_what_they_say(self):
        qpos = planted()
        _, said = examples(qpos, qpos, HINGES, 1.0)
        frames = qpos.shape[1] - AHEAD - HISTORY
        said = said.reshape(qpos.shape[0], frames, AHEAD, -1)
        for ahead in (1, 5):
            now, then = qpos[:, HISTORY:HISTORY + frames], qpos[:, HISTORY + ahead:HISTORY + ahead + frames]
            root = said[:, :, ahead - 1, 3:].double()
            place = now[..., :3] + torch.einsum("cfij,cfj->cfi", matrix(now[..., 3:7]), root[..., :3])
            self.assertLess((place - then[..., :3]).abs().max().item(), 1e-7)
            self.assertLess((turn(now[..., 3:7], then[..., 3:7]) - root[..., 3:]).abs().max().item(), 1e-6)

    def test_the_size_of_the_body_divides_lengths_alone(self):
        qpos = planted()
        one, two = examples(qpos, qpos, HINGES, 1.0)[1], examples(qpos, qpos, HINGES, 2.0)[1]
        self.assertTrue(torch.allclose(one[..., 3:6], 2 * two[..., 3:6]))
        self.assertTrue(torch.equal(one[..., 6:], two[..., 6:]))

    def test_jitter_is_seeded_leaves_the_truth_and_is_small(self):
        qpos = planted()
        kept = qpos.clone()
        first, second = (jitter(qpos, HINGES, torch.Generator().manual_seed(3)) for _ in range(2))
        self.assertTrue(torch.equal(first, second) and torch.equal(qpos, kept))
        self.assertTrue(torch.equal(first[..., 9], qpos[..., 9]))
        self.assertGreater((first - qpos)[..., HINGES].std().item(), 0.003)
        self.assertLess((first - qpos)[..., :3].abs().max().item(), 0.01)
        self.assertLess((first[..., 3:7].norm(dim=-1) - 1).abs().max().item(), 1e-9)

    def test_leverage_finds_how_far_a_joint_moves_keypoints(self):
        random = torch.Generator().manual_seed(5)
        qpos = planted()
        qpos[..., HINGES] = torch.randn(*qpos.shape[:2], 3, generator=random, dtype=torch.double)
        axes = matrix(qpos[..., 3:7])
        local = torch.zeros(*qpos.shape[:2], 2, 3, dtype=torch.double)
        local[..., 0, 0], local[..., 1, 2] = 0.03 * qpos[..., 7], 0.04 * qpos[..., 10]
        sites = qpos[..., None, :3] + torch.einsum("cfij,cfkj->cfki", axes, local)
        found = leverage(qpos, sites, HINGES)
        for place, expected in ((0, 30 / 2 ** 0.5), (1, 1.0), (2, 40 / 2 ** 0.5), (3, 1000.0)):
            self.assertAlmostEqual(found[place].item(), expected, delta=0.2)


if __name__ == "__main__":
    unittest.main()
