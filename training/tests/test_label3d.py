import sys
import tempfile
import unittest
from pathlib import Path

import cv2
import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parent)]

from closedloop_training.geometry import project
from closedloop_training.label3d import Label3DProject, Label3DSet
from label3d_scene import write_project

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "calibration" / "label3d_dannce_mouse1.mat"


class RealProjectTests(unittest.TestCase):
    @unittest.skipUnless(REAL.exists(), "the real project is not here: ../shared/data")
    def test_its_labels_reproject_onto_themselves(self):
        real = Label3DProject(REAL)
        self.assertEqual((real.cameras.shape, real.keypoints.shape, real.frames.shape), ((6, 21), (81, 22, 3), (81, 6)))
        self.assertEqual(real.camera_names[0], "Camera1")
        self.assertTrue((real.skews != 0).all())
        worst, count = 0.0, 0
        for camera, skew, label in zip(real.cameras, real.skews, real.labels):
            pixels, depth = project(real.keypoints.reshape(-1, 3), camera)
            pixels[:, 0] += skew * (pixels[:, 1] - camera[3])
            labelled = np.asarray(label["data_2d"]).reshape(-1, 2) - 1
            seen = np.isfinite(labelled).all(1) & np.isfinite(pixels).all(1)
            self.assertTrue((depth[seen] > 0).all())
            worst, count = max(worst, np.abs(pixels - labelled)[seen].max()), count + seen.sum()
        self.assertGreater(count, 5000)
        self.assertLess(worst, 0.01)
        # The centre of mass of a sample is where the animal is.
        away = np.linalg.norm(np.nanmean(real.keypoints, 1) - real.com, axis=1)
        self.assertLess(np.median(away), 0.03)


class SyntheticProjectTests(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def test_pictures_lie_where_the_cameras_say(self):
        # Views of 250 x 160 into 100 x 90: smaller, with bars, and without the skew of the second camera.
        scene = write_project(self.folder.name, frames=4, size=(250, 160), skew=0.03, radius_m=0.012)
        data = Label3DSet(Label3DProject(scene.project), self.folder.name, view=(100, 90))
        self.assertEqual(data.images.shape, (4, 3, 75, 100, 3))
        np.testing.assert_allclose(data.keypoints[:, 0], scene.keypoints[:, 0], atol=1e-6)
        self.assertTrue(np.isnan(data.keypoints[1, 5]).all())
        away = []
        for v in range(3):
            self.assertLess(data.images[:, v, :5].max(), 3)
            for row in range(4):
                found = scene.centre_of_colour(data.images[row, v], 0)
                truth = project(scene.keypoints[row, :1], data.cameras[row, v].astype(np.float64))[0][0]
                away.append(np.linalg.norm(found - truth))
        # Some are half hidden behind another mark; the skew alone would be 1 pixel in a third of them, half a pixel of
        # principal point 0.5 in all.
        self.assertLess(np.median(away), 0.25)
        self.assertLess(max(away), 1.5)

    def test_videos_in_parts_and_version_73_read_alike(self):
        scene = write_project(self.folder.name, frames=6)
        whole = Label3DSet(Label3DProject(scene.project), self.folder.name)
        with tempfile.TemporaryDirectory() as other:
            again = write_project(other, frames=6, parts=4, version73=True)
            parted = Label3DSet(Label3DProject(again.project), other)
        self.assertEqual(whole.names, parted.names)
        np.testing.assert_array_equal(whole.keypoints, parted.keypoints)
        np.testing.assert_allclose(whole.cameras, parted.cameras, rtol=1e-6)
        # The codec sees other neighbours: nearly the same pictures.
        self.assertLess(np.abs(whole.images.astype(int) - parted.images).mean(), 4)

    def test_names_are_taken_from_the_skeleton_and_checked(self):
        scene = write_project(self.folder.name, frames=2)
        self.assertEqual(Label3DProject(scene.project).names, scene.names)
        for names, said in ((["A"], "1 different names"), (["A"] * 6, "1 different names")):
            with self.assertRaises(SystemExit) as refusal:
                Label3DProject(scene.project, names)
            self.assertIn(said, str(refusal.exception))

    def test_what_is_missing_is_said(self):
        scene = write_project(self.folder.name, frames=3)
        project_ = Label3DProject(scene.project)
        project_.frames[1, 2] = 40
        with self.assertRaises(SystemExit) as refusal:
            Label3DSet(project_, self.folder.name)
        self.assertIn("ends before frame 40", str(refusal.exception))
        (Path(self.folder.name) / "Camera2.avi").unlink()
        with self.assertRaises(SystemExit) as refusal:
            Label3DSet(project_, self.folder.name)
        self.assertIn("no video of the camera Camera2", str(refusal.exception))
        with self.assertRaises(SystemExit):
            Label3DProject(Path(self.folder.name) / "none.mat")


if __name__ == "__main__":
    unittest.main()
