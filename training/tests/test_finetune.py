import contextlib
import hashlib
import io
import re
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parent)]

import finetune
from closedloop_training.networks import HeatmapNetwork, Localiser
from closedloop_training.schedule import save
from closedloop_training.volumetric import VolumetricNetwork
from closedloop_training.weights import for_keypoints, heatmaps_of, load, pack, volumetric_of
from label3d_scene import NAMES, write_project

SMALL = dict(widths=(4, 8, 8, 8), decoder=8)


def networks(names, seed=0):
    torch.manual_seed(seed)
    heatmaps = HeatmapNetwork(len(names), **SMALL)
    volumetric = VolumetricNetwork(HeatmapNetwork(len(names), **SMALL), len(names), cells=16, carried=4, widths=(4, 8, 8))
    return heatmaps, volumetric


class WeightsTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def kept(self, names):
        heatmaps, volumetric = networks(names)
        torch.nn.init.normal_(volumetric.cube.head.weight)  # A new one is 0, which would hide mistakes.
        save(self.folder / "h.pt", averaged=heatmaps.state_dict(), settings=heatmaps.settings, names=names, optimiser=heatmaps.state_dict())
        save(self.folder / "v.pt", averaged=volumetric.state_dict(), settings=volumetric.settings, per_view=volumetric.per_view.settings, names=names)
        return heatmaps.eval(), volumetric.eval()

    def test_packed_weights_are_small_and_answer_nearly_alike(self):
        heatmaps, _ = self.kept(["A", "B"])
        pack(self.folder / "h.pt", self.folder / "small.pt")
        small = torch.load(self.folder / "small.pt")
        self.assertNotIn("optimiser", small)
        self.assertEqual(small["averaged"]["head.weight"].dtype, torch.float16)
        crops = torch.rand(2, 3, 96, 96)
        with torch.no_grad():
            difference = (heatmaps.logits(crops) - heatmaps_of(load(self.folder / "small.pt")).eval().logits(crops)).abs().max()
        self.assertLess(float(difference), 0.02)

    def test_known_keypoints_keep_their_channels(self):
        heatmaps, volumetric = self.kept(["A", "B", "C"])
        names = ["C", "new", "A"]
        crops = torch.rand(2, 3, 96, 96)
        with torch.no_grad():
            before = heatmaps.logits(crops)
            after = heatmaps_of(for_keypoints(load(self.folder / "h.pt"), names)).eval().logits(crops)
        self.assertTrue(torch.equal(before[:, [2, 0]], after[:, [0, 2]]))
        changed = volumetric_of(for_keypoints(load(self.folder / "v.pt"), ["C", "A"])).eval()
        likely, carried = torch.randn(1, 3, 16, 16, 16), torch.randn(1, 8, 16, 16, 16)
        likely[:, 1] = 0
        with torch.no_grad():
            before = volumetric.judge(likely, torch.cat([likely, carried], 1))
            after = changed.judge(likely[:, [2, 0]], torch.cat([likely[:, [2, 0]], carried], 1))
        torch.testing.assert_close(before[:, [2, 0]], after)


class FinetuneTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.scene = write_project(self.folder, frames=14, reach_m=0.2)
        names = ["Snout", "EarL", "EarR", "SpineM"]
        heatmaps, volumetric = networks(names)
        save(self.folder / "h.pt", averaged=heatmaps.state_dict(), settings=heatmaps.settings, names=names)
        save(self.folder / "v.pt", averaged=volumetric.state_dict(), settings=volumetric.settings, per_view=volumetric.per_view.settings, names=names)
        save(self.folder / "l.pt", averaged=Localiser().state_dict())

    def tune(self, which, *more):
        text = io.StringIO()
        options = finetune.arguments([
            which, "--project", str(self.scene.project), "--videos", str(self.folder), "--out", str(self.folder / "model"),
            "--start-from", str(self.folder / ("h.pt" if which == "fast" else "v.pt")), "--localiser", str(self.folder / "l.pt"),
            "--workers", "0", "--batch", "8", "--rate", "4e-3", "--checkpoint", str(self.folder / "tuned.pt"), *more])
        with contextlib.redirect_stdout(text):
            losses = finetune.finetune(options)
        return losses, text.getvalue()

    def check_folder(self, kind, networks):
        folder = self.folder / "model"
        manifest = (folder / "manifest.yaml").read_text()
        self.assertIn(f"kind: {kind}\n", manifest)
        self.assertIn(f"keypoints: {str(NAMES).replace(chr(39), chr(34))}", manifest)
        self.assertNotIn(str(self.folder), manifest)
        self.assertIn("median_error_mm: ", manifest)
        self.assertEqual(re.findall(r"- file: (\S+)", manifest), networks)
        for file, digest in re.findall(r"- file: (\S+)\n    sha256: (\w+)", manifest):
            self.assertEqual(hashlib.sha256((folder / file).read_bytes()).hexdigest(), digest)
        samples = re.findall(r'"file": "([^"]+)"', manifest)
        self.assertGreater(len(samples), 3)
        for file in samples:
            self.assertGreater((folder / file).stat().st_size, 0)

    def test_the_fast_network_learns_from_a_project(self):
        losses, text = self.tune("fast", "--steps", "40", "--localiser-steps", "10")
        self.assertLess(np.mean(losses[-5:]), 0.85 * np.mean(losses[:5]))
        self.assertIn("12 frames to learn from, 2 held out, 3 views of 160 x 120; keypoints learnt anew: SpineF, SpineL", text)
        self.assertIn("localiser: loss", text)
        self.check_folder("keypoints-per-view", ["localise.onnx", "heatmaps.onnx"])
        # What was kept begins another one.
        self.assertEqual(load(self.folder / "tuned.pt")["names"], NAMES)

    def test_the_volumetric_network_learns_from_a_project(self):
        losses, text = self.tune("volumetric", "--steps", "80", "--heatmap-steps", "150", "--localiser-steps", "0", "--rate", "1e-2")
        self.assertLess(np.mean(losses[-10:]), 0.93 * np.mean(losses[:10]))
        self.assertIn("heatmaps: loss", text)
        self.check_folder("keypoints-volumetric", ["localise.onnx", "volumetric.onnx"])
        volumetric_of(load(self.folder / "tuned.pt"))

    def test_too_little_is_refused(self):
        with tempfile.TemporaryDirectory() as other:
            self.scene = write_project(other, frames=3)
            with self.assertRaises(SystemExit) as refusal:
                options = ["fast", "--project", str(self.scene.project), "--videos", other, "--out", other + "/m",
                           "--start-from", str(self.folder / "h.pt"), "--localiser", str(self.folder / "l.pt")]
                finetune.finetune(finetune.arguments(options))
            self.assertIn("3 frames are labelled", str(refusal.exception))


if __name__ == "__main__":
    unittest.main()
