import re
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnx
import torch

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parent)]

import dannce_reference as reference
import export_dannce
from closedloop_training.test_scene import picture_of, ring_of_cameras

CELLS, LOW, HIGH, WIDTHS = 16, -60, 60, (3, 4, 5, 6)
CENTRE = np.array([0.004, -0.003, 0.002])


def scene(views, height=48, width=64):
    random = np.random.default_rng(5)
    cameras = ring_of_cameras(views, 0.4, 0.07, width, height)
    points = random.uniform(-0.05, 0.05, (9, 3))
    # NB: the picture is smaller than what the cube covers, so that the rule for the edge is tried too.
    return np.stack([picture_of(points, camera, width, height, 0.012, random) for camera in cameras]), cameras


def tensors(images, cameras, weights):
    cameras = torch.from_numpy(cameras.astype(np.float32))
    return [torch.from_numpy(images), cameras[:, :4], cameras[:, 4:9], cameras[:, 9:18].reshape(-1, 3, 3), cameras[:, 18:21],
            torch.from_numpy(CENTRE.astype(np.float32)), torch.tensor(weights, dtype=torch.float32)]


class DannceTests(unittest.TestCase):
    def bring(self, views=2, keypoints=5, norm="layer", mono=False, options=None, **kinds):
        state = reference.random_checkpoint(views * (1 if mono else 3), keypoints, CELLS, WIDTHS, norm, **kinds)
        network = export_dannce.network_of(state, {"nvox": CELLS, "vmin": LOW, "vmax": HIGH, "mono": mono, **(options or {})})
        return network, state

    def compare(self, network, state, norm, views=2, weights=None, sample=reference.nearest, mono=False, tolerance_m=2e-6, **kinds):
        images, cameras = scene(views)
        weights = weights or [1.0] * views
        with torch.no_grad():
            given = tensors(images, cameras, weights)
            volume = network.volume(*given).numpy()
            positions, confidence = network(*given)
        seen = images * np.array(weights, np.uint8)[:, None, None, None]
        expected = reference.volume(seen, cameras, CENTRE, LOW, HIGH, CELLS, sample, mono)
        # A coordinate of .5 may round either way in single precision: a voxel in ten thousand.
        different = (np.abs(volume - expected) > 1e-4).mean()
        self.assertLess(different, 2e-4)
        self.assertGreater(expected.std(), 0.1)
        with torch.no_grad():
            heat = reference.network(torch.from_numpy(volume), state, norm, **{k: v for k, v in kinds.items() if k != "last_kernel"}).numpy()
        truth, likely = reference.decode(heat, CENTRE, LOW, HIGH)
        self.assertGreater(np.ptp(truth, axis=0).max(), 0.005)
        np.testing.assert_allclose(positions.numpy(), truth, atol=tolerance_m)
        self.assertTrue(((confidence.numpy() >= likely.max(1) - 1e-5) & (confidence.numpy() <= 1)).all())

    def test_every_normalisation_and_kind_of_block_answers_as_the_reference(self):
        for norm in ("layer", "batch", "instance", "none"):
            for kinds in ({}, {"residual": True}, {"norm_rise": True}, {"last_kernel": 3}):
                if norm == "none" and "norm_rise" in kinds:
                    continue
                with self.subTest(norm=norm, **kinds):
                    network, state = self.bring(norm=norm, options={"net_type": "semi-v2v"} if "norm_rise" in kinds else None, **kinds)
                    self.compare(network, state, norm, **kinds)

    def test_a_missing_view_is_black(self):
        network, state = self.bring(views=3)
        self.compare(network, state, "layer", views=3, weights=[1, 0, 1])

    def test_grey_networks_and_linear_sampling(self):
        network, state = self.bring(mono=True)
        self.assertEqual(network.views, 2)
        self.compare(network, state, "layer", mono=True)
        network, state = self.bring(options={"interp": "linear"})
        self.compare(network, state, "layer", sample=reference.linear)

    def test_prefixes_are_dropped_and_saved_options_are_used(self):
        network, state = self.bring()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "checkpoint.pth"
            torch.save({"epoch": 3, "state_dict": {f"module.{name}": value for name, value in state.items()},
                        "params": {"nvox": CELLS, "vol_size": HIGH - LOW, "norm_method": "layer", "camnames": ["a", "b"]}}, path)
            weights, options = export_dannce.saved(path)
        other = export_dannce.network_of(weights, options)
        for name, value in network.unet.state_dict().items():
            self.assertTrue(torch.equal(value, other.unet.state_dict()[name]))
        self.assertTrue(torch.allclose(network.axis, other.axis))

    def test_a_maximum_network_answers_with_a_voxel(self):
        network, _ = self.bring(options={"expval": False})
        images, cameras = scene(2)
        with torch.no_grad():
            positions, _ = network(*tensors(images, cameras, [1, 1]))
            heat = network.unet(network.volume(*tensors(images, cameras, [1, 1]))).flatten(2)[0]
        voxels = reference.voxels(1000 * CENTRE, LOW, HIGH, CELLS).reshape(-1, 3) / 1000
        np.testing.assert_allclose(positions.numpy(), voxels[heat.argmax(1).numpy()], atol=1e-6)

    def test_the_folder_is_complete_and_the_graph_valid(self):
        network, _ = self.bring()
        with tempfile.TemporaryDirectory() as folder:
            export_dannce.export(network, list("ABCDE"), folder, cameras=["left", "right"])
            manifest = (Path(folder) / "manifest.yaml").read_text()
            for text in ("kind: keypoints-volumetric", "cube_size_m: 0.12", 'cameras: ["left", "right"]', '"name": "weights"'):
                self.assertIn(text, manifest)
            for file in re.findall(r'"file": "([^"]+)"', manifest):
                self.assertTrue((Path(folder) / file).exists(), file)
            graph = onnx.load(str(Path(folder) / "volumetric.onnx")).graph
            self.assertEqual([entry.name for entry in graph.input],
                             ["images", "intrinsics", "distortion", "rotation", "translation", "centre", "weights"])
            shape = [axis.dim_value or axis.dim_param for axis in graph.input[0].type.tensor_type.shape.dim]
            self.assertEqual(shape, [2, "height", "width", 3])

    def test_what_cannot_be_brought_is_said(self):
        state = reference.random_checkpoint(6, 5, CELLS, WIDTHS, "batch")
        for options, said in (({}, "nvox"), ({"nvox": 16}, "vol-size"), ({"nvox": 20, "vol_size": 120}, "multiple of 8"),
                              ({"nvox": 16, "vol_size": 120, "norm_method": "layer"}, "norm_method"),
                              ({"nvox": 16, "vol_size": 120, "interp": "cubic"}, "cubic")):
            with self.assertRaises(SystemExit) as refusal:
                export_dannce.network_of(state, options)
            self.assertIn(said, str(refusal.exception))
        with self.assertRaises(SystemExit):
            export_dannce.network_of({"fc.weight": torch.zeros(1)}, {})


if __name__ == "__main__":
    unittest.main()
