"""A training that is interrupted goes on as if it had not been."""

import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from torch.utils.data import Dataset

from closedloop_training.fitting import batches, fit, state_of, taken_up
from closedloop_training.schedule import Averaged, save


class Points(Dataset):
    """Points of a plane with noise; each the same whenever it is asked for."""

    def __init__(self, length):
        self.length = length

    def __len__(self):
        return self.length

    def __getitem__(self, item):
        random = np.random.default_rng((5, item))
        x = random.normal(size=3).astype(np.float32)
        return torch.from_numpy(x), torch.tensor(x @ np.array([1.0, -2.0, 0.5], np.float32) + 0.01 * random.normal(), dtype=torch.float32)


class FittingTests(unittest.TestCase):
    OPTIONS = SimpleNamespace(steps=60, batch=8, rate=0.1, workers=0)

    def course(self, until, path):
        """Learns up to step `until`, from what the checkpoint at `path` holds; its losses and weights."""
        torch.manual_seed(3)
        network = torch.nn.Linear(3, 1)
        optimiser, average = torch.optim.AdamW(network.parameters(), self.OPTIONS.rate), Averaged(network)
        begin = taken_up(path, network, average, optimiser, "cpu")

        def loss(batch):
            x, y = batch
            return (network(x)[:, 0] - y).square().mean()

        losses = fit(batches(Points(until * self.OPTIONS.batch), self.OPTIONS, begin), loss, network, average, optimiser, self.OPTIONS, begin, limit=5.0, warm_up=5)
        save(path, **state_of(network, average, optimiser, until))
        return losses, network.state_dict(), average.network.state_dict()

    def test_goes_on_as_if_it_had_not_been_interrupted(self):
        with tempfile.TemporaryDirectory() as folder:
            whole, network, average = self.course(60, Path(folder) / "whole.pt")
            first, *_ = self.course(25, Path(folder) / "parts.pt")
            second, network_again, average_again = self.course(60, Path(folder) / "parts.pt")
        self.assertEqual(whole, first + second)
        self.assertLess(whole[-1], 0.05 * whole[0])
        for name in network:
            self.assertTrue(torch.equal(network[name], network_again[name]))
            self.assertTrue(torch.equal(average[name], average_again[name]))


if __name__ == "__main__":
    unittest.main()
