import sys
import unittest
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from closedloop_training.policy import Policy  # noqa: E402
from closedloop_training.reinforcement import advantages, divergence_from, log_likelihood, surrogate  # noqa: E402
from reinforce_policy import STRETCH, Batch, actions_of  # noqa: E402


class ReinforcementTests(unittest.TestCase):
    def test_advantages_are_the_sums_of_what_came(self):
        torch.manual_seed(1)
        steps, n, discount = 12, 3, 0.9
        rewards, values, following = torch.rand(steps, n), torch.rand(steps, n), torch.rand(n)
        failed, over = torch.zeros(steps, n, dtype=torch.bool), torch.zeros(steps, n, dtype=torch.bool)
        failed[5, 1] = over[7, 2] = True
        # With all of the future counted an advantage is what came less what was expected.
        found, returns = advantages(rewards, values, following, failed, over, discount, 1.0)
        for body in range(n):
            to_come = following[body].clone()
            for t in reversed(range(steps)):
                to_come = torch.zeros(()) if failed[t, body] else values[t, body] if over[t, body] else to_come
                to_come = rewards[t, body] + discount * to_come
                torch.testing.assert_close(returns[t, body], to_come)
                torch.testing.assert_close(found[t, body], to_come - values[t, body])
        # With none of it, what one step was better than expected.
        found, _ = advantages(rewards, values, following, failed, over, discount, 0.0)
        torch.testing.assert_close(found[3, 0], rewards[3, 0] + discount * values[4, 0] - values[3, 0])
        torch.testing.assert_close(found[5, 1], rewards[5, 1] - values[5, 1])

    def test_likelihood_and_divergence_are_those_of_normal_distributions(self):
        action, mean, other, sd = torch.randn(5, 4), torch.randn(5, 4), torch.randn(5, 4), torch.rand(4) + 0.1
        normal = torch.distributions.Normal(mean, sd)
        torch.testing.assert_close(log_likelihood(action, mean, sd), normal.log_prob(action).sum(-1))
        expected = torch.distributions.kl_divergence(torch.distributions.Normal(other, sd.expand(5, 4)), normal).sum(-1)
        torch.testing.assert_close(divergence_from(other, mean, sd), expected)

    def test_steps_beyond_the_clip_gain_nothing(self):
        ratio = torch.tensor([0.5, 1.0, 1.5, 0.5, 1.5], requires_grad=True)
        advantage = torch.tensor([1.0, 1.0, 1.0, -1.0, -1.0])
        surrogate(ratio, advantage, 0.2).sum().backward()
        torch.testing.assert_close(ratio.grad, torch.tensor([1.0, 1.0, 0.0, 0.0, -1.0]))

    def test_stretches_repeat_what_was_done_in_one_go(self):
        class Bodies:
            bodies, observation, actions = 3, 20, 4
        for kind in ("mlp", "lstm"):
            torch.manual_seed(2)
            network = Policy(20, 12, 4, kind, encoder_units=(16, 12), decoder_units=(14, 10), latent=6)
            batch = Batch(2 * STRETCH, Bodies, network)
            batch.seen.normal_()
            batch.noise.normal_()
            batch.begins = torch.rand(2 * STRETCH, 3) < 0.1
            with torch.no_grad():
                memory = network.state(3)
                for t in range(2 * STRETCH):
                    if t % STRETCH == 0:
                        for kept, part in zip(batch.memory, memory):
                            kept[t // STRETCH] = part
                    batch.action[t:t + 1], _, _, *memory = actions_of(network, batch.seen[t:t + 1], batch.noise[t:t + 1], batch.begins[t:t + 1], *memory)
                seen, noise, begins, action = (batch.stretches(part) for part in (batch.seen, batch.noise, batch.begins, batch.action))
                again = actions_of(network, seen, noise, begins, *(part.flatten(0, 1) for part in batch.memory))[0]
            torch.testing.assert_close(again, action, rtol=1e-5, atol=1e-6)


if __name__ == "__main__":
    unittest.main()
