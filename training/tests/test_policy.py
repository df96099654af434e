import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from closedloop_training.distillation import departure  # noqa: E402
from closedloop_training.experience import Experience, Mirror  # noqa: E402
from closedloop_training.policy import PRIOR_CARRY, Policy, divergence  # noqa: E402
from closedloop_training.policy_export import Exported, Resampled  # noqa: E402
from average_policies import average  # noqa: E402

N, R, A = 52, 30, 7


def policy(kind):
    torch.manual_seed(3)
    made = Policy(N, R, A, kind, encoder_units=(24, 16), decoder_units=(20, 12), latent=8)
    with torch.no_grad():
        made.mean.normal_()
        made.scale.uniform_(0.5, 2)
        made.straight_encoder.weight.normal_(0, 0.1)
        made.straight_decoder.weight.normal_(0, 0.1)
    return made.eval()


class PolicyTests(unittest.TestCase):
    def test_other_normalisation_leaves_the_answers(self):
        for kind in ("mlp", "lstm"):
            made = policy(kind)
            observation, noise, memory = torch.randn(5, N), torch.randn(5, 8), made.state(5)
            before = made(observation, noise, *memory)
            made.normalise(made.mean + 0.2 * torch.randn(N), made.scale * torch.empty(N).uniform_(0.7, 1.4), keep=True)
            for one, other in zip(before, made(observation, noise, *memory)):
                torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)

    def test_an_average_of_a_network_with_itself_otherwise_normalised_is_itself(self):
        for kind in ("mlp", "lstm"):
            made, other = policy(kind), policy(kind)
            other.normalise(other.mean + 0.2 * torch.randn(N), other.scale * torch.empty(N).uniform_(0.7, 1.4), keep=True)
            states = [dict(settings=one.settings, averaged=one.state_dict()) for one in (made, other)]
            mean = policy(kind)
            mean.load_state_dict(average(states, [1, 3]))
            observation, noise, memory = torch.randn(5, N), torch.randn(5, 8), made.state(5)
            for one, two in zip(made(observation, noise, *memory), mean(observation, noise, *memory)):
                torch.testing.assert_close(one, two, rtol=1e-4, atol=1e-4)
            third = policy(kind)
            with torch.no_grad():
                third.action.bias += 1
            mixed = average([dict(settings=one.settings, averaged=one.state_dict()) for one in (made, third)], [3, 1])
            torch.testing.assert_close(mixed["action.bias"], made.action.bias + 0.25)

    def test_divergence_is_that_of_the_normal_distributions(self):
        mean, sd, before = torch.randn(4, 8), torch.rand(4, 8) + 0.05, torch.randn(4, 8)
        begins = torch.tensor([True, False, False, True])
        expected = []
        for i in range(4):
            prior = torch.distributions.Normal(torch.zeros(8), 1.0) if begins[i] else torch.distributions.Normal(PRIOR_CARRY * before[i], (1 - PRIOR_CARRY**2) ** 0.5)
            expected.append(torch.distributions.kl_divergence(torch.distributions.Normal(mean[i], sd[i]), prior).mean())
        torch.testing.assert_close(divergence(mean, sd, before, begins), torch.stack(expected), rtol=1e-5, atol=1e-6)

    def test_the_memory_of_an_lstm_matters_and_an_mlp_has_none(self):
        observation, noise = torch.randn(1, N), torch.zeros(1, 8)
        lstm, mlp = policy("lstm"), policy("mlp")
        _, _, _, _, hidden, cell = lstm(observation, noise, *lstm.state(1))
        self.assertGreater((lstm(observation, noise, hidden, cell)[0] - lstm(observation, noise, *lstm.state(1))[0]).abs().max(), 1e-4)
        self.assertEqual(mlp.state(1)[0].numel(), 0)

    def test_resampling_decodes_as_the_whole_network_does(self):
        for kind in ("mlp", "lstm"):
            made = policy(kind)
            observation, noise = torch.randn(1, N), torch.randn(6, 8)
            memory = [torch.randn(1, 12) for _ in range(2)] if kind == "lstm" else []
            out = Exported(made)(observation, noise[:1], *memory)
            drawn = Resampled(made)(observation, out[1], out[2], noise, *memory)
            for row in range(6):
                torch.testing.assert_close(drawn[row], Exported(made)(observation, noise[row:row + 1], *memory)[0][0], rtol=1e-4, atol=1e-5)


class ExperienceTests(unittest.TestCase):
    def test_what_is_drawn_is_what_was_kept(self):
        random = np.random.default_rng(1)
        experience, truth = Experience(3, N, A, 40), {}
        for t in range(30):
            observation = random.standard_normal((3, N)).astype(np.float32)
            asked = random.random(3) < 0.5
            labels = np.where(asked[:, None], random.standard_normal((3, A)), np.nan).astype(np.float32)
            curvature = random.random((int(asked.sum()), A, A)).astype(np.float32)
            experience.add(observation, np.array([t % 10 == 0] * 3), asked, labels, curvature)
            for place, body in enumerate(np.flatnonzero(asked)):
                truth[observation[body].tobytes()] = (labels[body], curvature[place], t % 10 == 0, None if t == 0 else experience.observation[t - 1, body].copy())
        seen, before, begins, label, curvature = experience.singles(200, random)
        self.assertGreater(len({row.numpy().tobytes() for row in seen}), 20)
        for i in range(200):
            expected = truth[seen[i].numpy().tobytes()]
            np.testing.assert_array_equal(label[i], expected[0])
            np.testing.assert_allclose(curvature[i], expected[1], atol=1e-3)
            self.assertEqual(bool(begins[i]), expected[2])
            if expected[3] is not None:
                np.testing.assert_array_equal(before[i], expected[3])
        with tempfile.TemporaryDirectory() as folder:
            experience.save(f"{folder}/experience.npz")
            again = Experience(3, N, A, 40)
            again.resume(f"{folder}/experience.npz")
        for one, other in zip(experience.singles(20, np.random.default_rng(5)), again.singles(20, np.random.default_rng(5))):
            torch.testing.assert_close(one, other)
        observation, begins, where, label, _ = experience.stretches(5, 8, random)
        self.assertEqual(len(label), int(where.sum()))
        np.testing.assert_array_equal(label, np.stack([truth[row.numpy().tobytes()][0] for row in observation[where]]))

    def test_half_of_what_is_drawn_is_mirrored(self):
        random = np.random.default_rng(2)
        # Two pairs change places and one number turns its sign.
        order = lambda n: [2, 1, 4, 3, -5] + list(range(6, n + 1))
        mirror = Mirror(dict(mirror=dict(observation=order(N), action=order(A))))
        plain, mirrored = Experience(3, N, A, 20), Experience(3, N, A, 20, mirror)
        for t in range(20):
            observation, labels = random.standard_normal((3, N)).astype(np.float32), random.standard_normal((3, A)).astype(np.float32)
            root = random.standard_normal((3, A, A)).astype(np.float32)
            for experience in (plain, mirrored):
                experience.add(observation, np.array([t == 0] * 3), np.array([True, t % 2 == 0, False]), labels, (root @ root.transpose(0, 2, 1))[: 2 if t % 2 == 0 else 1])
        one, other = plain.singles(10, np.random.default_rng(1)), mirrored.singles(10, np.random.default_rng(1))
        torch.testing.assert_close([part[5:] for part in one], [part[5:] for part in other])
        torch.testing.assert_close(one[0][:5, :5][:, [1, 0, 3, 2]], other[0][:5, :4])
        torch.testing.assert_close(-one[3][:5, 4], other[3][:5, 4])
        # An error's cost is its image's.
        error = torch.randn(5, A)
        cost = lambda error, curvature: torch.einsum("bi,bij,bj->b", error, curvature, error)
        torch.testing.assert_close(cost(error, one[4][:5]), cost(mirror.action(error), other[4][:5]))
        one, other = plain.stretches(4, 6, np.random.default_rng(3)), mirrored.stretches(4, 6, np.random.default_rng(3))
        torch.testing.assert_close(mirror.observation(one[0][:, :2]), other[0][:, :2])
        torch.testing.assert_close(one[0][:, 2:], other[0][:, 2:])
        turned = (torch.arange(4) < 2).expand(6, -1)[one[2]]
        torch.testing.assert_close(torch.where(turned[:, None], mirror.action(one[3]), one[3]), other[3])

    def test_straight_paths_begin_with_the_regression(self):
        torch.manual_seed(4)
        observation = torch.randn(400, N)
        action = 0.1 * observation @ torch.randn(N, A)
        for kind in ("mlp", "lstm"):
            network = Policy(N, R, A, kind)
            network.normalise(observation.mean(0), observation.std(0))
            network.begin_straight(observation, action, ridge=1e-3)
            seen = network.normalised(observation)
            straight = network.straight_decoder(torch.cat([network.straight_encoder(seen), seen[:, R:]], -1)) + network.action.bias
            torch.testing.assert_close(straight, action, rtol=0, atol=1e-3)

    def test_departures_cost_what_they_carry_off(self):
        label, curvature = torch.zeros(1, A), torch.diag(torch.arange(1.0, A + 1))[None]
        def cost(actuator, by, at=0.0):
            action, target = torch.zeros(1, A), label.clone()
            target[0, actuator] = at
            action[0, actuator] = at + by
            return float(departure(action, target, curvature, 4.0, 0.1))
        self.assertGreater(cost(6, 0.1), 3 * cost(0, 0.1))
        self.assertAlmostEqual(cost(3, 0.1), cost(3, -0.1), places=6)
        # Beyond a limit that the label is at, an error does next to nothing.
        self.assertLess(cost(3, 0.1, at=1.0), 0.05 * cost(3, -0.1, at=1.0))


if __name__ == "__main__":
    unittest.main()
