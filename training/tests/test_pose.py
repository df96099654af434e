"""The pose network: the same answer wherever the animal is, and a cure for planted faults."""

import contextlib
import io
import json
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

import train_pose
from closedloop_training.geometry import mirrored
from closedloop_training.pose import PoseNetwork
from closedloop_training.weights import load, pose_of

NAMES = ("Snout EarL EarR SpineF SpineM SpineL TailBase ShoulderL ElbowL WristL HandL ShoulderR ElbowR WristR HandR "
         "HipL KneeL AnkleL FootL HipR KneeR AnkleR FootR").split()
# A standing rat, roughly, metres: forwards, left, up.
RAT = np.array([[0.12, 0, 0.05], [0.09, 0.015, 0.06], [0.09, -0.015, 0.06], [0.05, 0, 0.06], [0.01, 0, 0.065], [-0.03, 0, 0.06], [-0.07, 0, 0.04],
                [0.05, 0.02, 0.045], [0.04, 0.025, 0.03], [0.05, 0.025, 0.015], [0.06, 0.025, 0.005],
                [0.05, -0.02, 0.045], [0.04, -0.025, 0.03], [0.05, -0.025, 0.015], [0.06, -0.025, 0.005],
                [-0.05, 0.02, 0.045], [-0.03, 0.03, 0.03], [-0.05, 0.03, 0.015], [-0.035, 0.03, 0.005],
                [-0.05, -0.02, 0.045], [-0.03, -0.03, 0.03], [-0.05, -0.03, 0.015], [-0.035, -0.03, 0.005]], np.float32)


def rotation(random):
    q, r = np.linalg.qr(random.normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))
    return (q * np.array([1, 1, np.linalg.det(q)])).astype(np.float32)


def animals(count, seed):
    """Rats of several sizes and postures anywhere in any axes; the spine's middle is found 8 mm along the spine of where it is."""
    random = np.random.default_rng(seed)
    truth, found = [], []
    for _ in range(count):
        rat = RAT * random.uniform(0.8, 1.1) + random.normal(0, 0.002, RAT.shape).astype(np.float32)
        seen = rat + random.normal(0, 0.0015, RAT.shape).astype(np.float32)
        seen[4, 0] += 0.008
        turn, place = rotation(random), random.uniform(-0.3, 0.3, 3).astype(np.float32)
        truth.append(rat @ turn.T + place), found.append(seen @ turn.T + place)
    return np.array(truth, np.float32), np.array(found, np.float32)


class PoseTests(unittest.TestCase):
    def network(self):
        torch.manual_seed(0)
        network = PoseNetwork(NAMES, width=32).eval()
        torch.nn.init.normal_(network.leave.weight, std=0.3)
        return network

    def test_a_new_network_changes_nothing_and_a_moved_animal_moves_the_answer(self):
        truth, found = (torch.from_numpy(x) for x in animals(3, 1))
        covariance = torch.diag_embed(torch.rand(3, 23, 3) * 1e-5)
        fresh = PoseNetwork(NAMES, width=32).eval()
        with torch.no_grad():
            self.assertLess(float((fresh.refine(found, covariance, torch.ones(3, 23))[0] - found).abs().max()), 1e-6)
        network, random = self.network(), np.random.default_rng(2)
        turn, shift = torch.from_numpy(rotation(random)), torch.tensor([0.2, -0.4, 0.1])
        with torch.no_grad():
            here, sigma = network.refine(found, covariance, torch.ones(3, 23))
            there, same = network.refine(found @ turn.T + shift, turn @ covariance @ turn.T, torch.ones(3, 23))
        self.assertGreater(float((here - found).norm(dim=-1).mean()), 0.003)
        self.assertLess(float((here @ turn.T + shift - there).abs().max()), 1e-4)
        self.assertLess(float((sigma / same - 1).abs().max()), 1e-2)

    def test_what_was_not_seen_is_not_looked_at(self):
        _, found = (torch.from_numpy(x) for x in animals(1, 3))
        network, seen = self.network(), torch.ones(1, 23)
        seen[0, 14] = 0
        other = found.clone()
        other[0, 14] = 5.0
        with torch.no_grad():
            a, b = (network.refine(x, torch.zeros(1, 23, 3, 3), seen)[0] for x in (found, other))
        kept = [k for k in range(23) if k != 14]
        self.assertEqual(float((a - b)[0, kept].abs().max()), 0)

    def test_names_without_an_animals_axes_are_refused(self):
        with self.assertRaisesRegex(SystemExit, "missing: EarL"):
            PoseNetwork([name for name in NAMES if name != "EarL"])

    def test_variations_keep_found_and_true_together(self):
        truth, found = (torch.from_numpy(x) for x in animals(400, 4))
        torch.manual_seed(1)
        varied, covariance, seen, true = train_pose.varied(found, torch.eye(3).expand(400, 23, 3, 3) * 1e-6, torch.ones(400, 23), truth, torch.from_numpy(mirrored(NAMES)))
        away, before = (varied - true).norm(dim=-1), (found - truth).norm(dim=-1)
        self.assertLess(float((away.median(0).values - before.median(0).values).abs().max()), 0.001)
        self.assertTrue(0.85 < float(seen.mean()) < 0.99)
        # Left is left still: half of the animals are mirrored, none inside out.
        _, axes = PoseNetwork(NAMES).axes(true, torch.ones(400, 23))
        up = ((true[:, 3] - true[:, 10])[:, None] @ axes[:, 2, :, None])[:, 0, 0]
        self.assertTrue(bool((up > 0).all()))

    def test_a_planted_fault_is_learnt_and_sigma_says_what_is_left(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for which, count, seed in (("train", 1500, 5), ("held", 200, 6)):
                truth, found = animals(count, seed)
                (folder / which).mkdir()
                rows = np.zeros((count, 23, 11), np.float32)
                rows[..., :3], rows[..., [3, 6, 8]], rows[..., 9:] = found, 1e-6, (0.9, 6)
                rows[::7, 14, :9] = np.nan
                rows.tofile(folder / which / "estimates.bin"), truth.tofile(folder / which / "keypoints.bin")
                np.zeros((count, 2), np.int32).tofile(folder / which / "lives.bin")
                for file, meta in (("meta.json", dict(keypoints=NAMES, behaviours=["Rest"])), ("estimates.json", dict(keypoints=NAMES, sets=count))):
                    (folder / which / file).write_text(json.dumps(meta))
            arguments = ["train_pose.py", "--data", f"{folder}/train={folder}/train", "--held-out", f"{folder}/held={folder}/held",
                         "--checkpoint", f"{folder}/pose.pt", "--steps", "600", "--width", "96", "--rate", "3e-3"]
            out, kept = io.StringIO(), sys.argv
            try:
                sys.argv = arguments
                with contextlib.redirect_stdout(out):
                    train_pose.main()
            finally:
                sys.argv = kept
            network, data = pose_of(load(folder / "pose.pt")), train_pose.Estimates(f"{folder}/held={folder}/held")
            with torch.no_grad():
                positions, sigma = network.refine(data.found, data.covariance, data.seen)
        error = (positions - data.truth).norm(dim=-1)
        self.assertGreater(float((data.found - data.truth)[:, 4].norm(dim=-1).median()), 0.007)
        self.assertLess(float(error[:, 4].median()), 0.004)
        within = float((error < 1.538 * sigma)[data.seen > 0].float().mean())
        self.assertTrue(0.3 < within < 0.75, within)
        self.assertIn("step 600/600", out.getvalue())


if __name__ == "__main__":
    unittest.main()
