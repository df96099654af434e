"""Makes a distilled policy robust by reinforcement (PPO: Schulman et al. 2017), held near to what it was.

    python3 training/reinforce_policy.py --from policy --kind mlp --minutes 45 --out reinforced

Bodies imitate reference motion for the reward of the imitation task, effort and power included, some pushed by noise on
their set-points. A policy that is let loose at once unlearns in minutes what it was taught: the value network learns
alone first, steps are clipped, and a share of the loss is how far the actions depart from those of the policy at the
start (its clone). What is kept is what earned most on motion that nothing is learnt from.
"""

import argparse
import copy
import json
import os
import time
from pathlib import Path

# NB: the bodies use the other cores meanwhile, and threads that wait for each other by spinning would take them away.
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

import numpy as np
import torch

from closedloop_training.environment import Environment, library
from closedloop_training.policy import Policy, divergence
from closedloop_training.reinforcement import Value, advantages, divergence_from, log_likelihood, surrogate
from closedloop_training.schedule import save
from closedloop_training.tables import note, table, weights_of
from closedloop_training.validation import validate

# Steps that an LSTM is unrolled over in learning, from the memory that it had there.
STRETCH = 16


def actions_of(network, seen, noise, begins, hidden, cell):
    """Unlimited actions of (steps, rows), the latent's mean and sd, and the memory after the last step."""
    mean, sd, _, _ = network.encode(seen)
    latent = mean + sd * noise
    if not network.recurrent:
        return network.decode(latent, seen, hidden, cell)[0], mean, sd, hidden, cell
    actions, hidden, cell = network.unroll(latent, seen, begins, hidden, cell)
    return actions, mean, sd, hidden, cell


class Batch:
    """What all bodies did over some steps."""

    def __init__(self, steps, environment, network):
        n = environment.bodies
        self.seen, self.noise = torch.zeros(steps, n, environment.observation), torch.zeros(steps, n, network.latent)
        self.action, self.mean = torch.zeros(steps, n, environment.actions), torch.zeros(steps, n, environment.actions)
        self.begins, self.failed, self.over = (torch.zeros(steps, n, dtype=torch.bool) for _ in range(3))
        self.reward, self.error = torch.zeros(steps, n), torch.zeros(steps, n)
        # The memory before every step that a stretch begins with.
        self.memory = [torch.zeros(steps // STRETCH, *part.shape) for part in network.state(n)]

    def stretches(self, of):
        """(steps, bodies, ..) as (stretch, all stretches, ..)."""
        steps, n = of.shape[:2]
        return of.reshape(steps // STRETCH, STRETCH, n, *of.shape[2:]).transpose(0, 1).reshape(STRETCH, -1, *of.shape[2:])


class Collector:
    """Lets the bodies act, the clone beside them."""

    def __init__(self, environment, seed, pushes):
        self.environment, self.random = environment, torch.Generator().manual_seed(seed)
        n = environment.bodies
        self.begins = torch.ones(n, dtype=torch.bool)
        # Half of the bodies are pushed.
        self.push = torch.tensor([0.0, pushes])[torch.arange(n) % 2][:, None]
        self.now, self.memory = environment.observe(), None

    @torch.no_grad()
    def collect(self, network, steps, exploration):
        batch, n = Batch(steps, self.environment, network), self.environment.bodies
        self.memory = self.memory or network.state(n)
        for t in range(steps):
            if t % STRETCH == 0:
                for kept, part in zip(batch.memory, self.memory):
                    kept[t // STRETCH] = part
            seen = network.normalised(torch.from_numpy(self.now["observation"].copy()))
            noise = torch.randn(n, network.latent, generator=self.random)
            mean, _, _, *self.memory = actions_of(network, seen[None], noise[None], self.begins[None], *self.memory)
            action = mean[0] + exploration * torch.randn(mean[0].shape, generator=self.random)
            batch.seen[t], batch.noise[t], batch.action[t], batch.mean[t], batch.begins[t] = seen, noise, action, mean[0], self.begins
            pushed = action + self.push * torch.randn(action.shape, generator=self.random)
            self.now = self.environment.step(pushed.clamp(-1, 1).numpy())
            batch.reward[t], batch.error[t] = torch.from_numpy(self.now["reward"].copy()), torch.from_numpy(self.now["error"].copy())
            end = torch.from_numpy(self.now["end"].copy())
            batch.failed[t], batch.over[t] = end == 1, end > 1
            self.begins = end > 0
        return batch, network.normalised(torch.from_numpy(self.now["observation"].copy()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="start", required=True, help="folder of checkpoints or shipped weights to begin with")
    parser.add_argument("--kind", required=True, choices=("mlp", "lstm"))
    parser.add_argument("--out", required=True, help="folder for the checkpoint and its table")
    parser.add_argument("--minutes", type=float, default=45)
    parser.add_argument("--motion", action="append", default=[], help="a word for train-env, as in --motion=--reference --motion=rat.h5")
    parser.add_argument("--library-minutes", type=float, default=30, help="minutes of simulated motion; 0 none")
    parser.add_argument("--validation-minutes", type=float, default=5)
    parser.add_argument("--validation-seed", type=int, default=9001)
    parser.add_argument("--bodies", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=256, help=f"of each body in a batch, a multiple of {STRETCH}")
    parser.add_argument("--value-batches", type=int, default=6, help="batches at the start that only the value network learns from")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--minibatch", type=int, default=2048)
    parser.add_argument("--rate", type=float, default=3e-5)
    parser.add_argument("--exploration", type=float, default=0.05, help="standard deviation of the noise on actions that is learnt from")
    parser.add_argument("--pushes", type=float, default=0.1, help="standard deviation of the noise on the set-points of half of the bodies that is not")
    parser.add_argument("--discount", type=float, default=0.97)
    parser.add_argument("--carry", type=float, default=0.95, help="lambda of the generalised advantages")
    parser.add_argument("--clip", type=float, default=0.2)
    parser.add_argument("--leash", type=float, default=0.02, help="weight of the divergence from the clone")
    parser.add_argument("--kl", type=float, default=3e-4, help="weight of the latent's divergence from its prior")
    parser.add_argument("--most-divergence", type=float, default=0.15, help="of a batch's last policy from its first, at which the rest of its epochs is left out")
    parser.add_argument("--validate-every", type=int, default=10, help="batches")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.steps % STRETCH or options.steps < STRETCH:
        raise SystemExit(f"--steps {options.steps} is no multiple of {STRETCH}; give one, such as 256")
    started = time.time()
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    environment = Environment(options.motion + library(options.library_minutes, options.seed), options.bodies, options.seed, options.threads)
    unseen = Environment(options.motion + library(options.validation_minutes, options.validation_seed), 32, 77, options.threads)
    state = weights_of(options.start, options.kind)
    network = Policy(**state["settings"])
    network.load_state_dict(state["averaged"])
    clone = copy.deepcopy(network)
    value = Value(environment.observation, 1 / (1 - options.discount))
    actor, critic = torch.optim.Adam(network.parameters(), options.rate), torch.optim.Adam(value.parameters(), 1e-3)
    exploration = torch.full((environment.actions,), options.exploration)
    collector, clone_memory = Collector(environment, options.seed, options.pushes), clone.state(environment.bodies)
    course = table(out / f"{options.kind}-reinforcement.csv", ["seconds", "steps", "reward", "error_mm", "falls_per_s", "divergence", "value_error", "validation_reward", "validation_error_mm", "validation_falls_per_s"])
    best, number, validated = -float("inf"), 0, None
    while True:
        late = time.time() - started > 60 * options.minutes
        if number % options.validate_every == 0 or late:
            rewards = []
            torch.manual_seed(options.seed)
            error, falls, _ = validate(network, unseen, 100, rewards)
            validated = (float(np.mean(rewards)), error, falls)
            if validated[0] > best:
                best = validated[0]
                save(out / f"{options.kind}.pt", averaged=network.state_dict(), settings=network.settings, step=number, options=vars(options), facts=environment.facts)
            print(f"{time.time() - started:.0f} s, batch {number}: reward {validated[0]:.4f}, {error:.3f} mm, {falls:.4f} falls a second on unseen motion", flush=True)
        if late:
            break
        batch, following = collector.collect(network, options.steps, exploration)
        with torch.no_grad():
            values = value(batch.seen)
            advantage, returns = advantages(batch.reward, values, value(following), batch.failed, batch.over, options.discount, options.carry)
            advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-6)
            before = log_likelihood(batch.action, batch.mean, exploration)
            cloned, _, _, *clone_memory = actions_of(clone, batch.seen, batch.noise, batch.begins, *clone_memory)
        parts = [batch.stretches(part) for part in (batch.seen, batch.noise, batch.begins, batch.action, before, advantage, cloned, batch.mean, returns)]
        memory = [part.flatten(0, 1) for part in batch.memory]
        rows, away = parts[0].shape[1], 0.0
        for _ in range(options.epochs):
            for chosen in torch.randperm(rows).split(max(1, options.minibatch // STRETCH)):
                seen, noise, begins, action, likely, gain, from_clone, was, to_come = (part[:, chosen] for part in parts)
                fit = ((value(seen) - to_come) / value.scale).square().mean()
                critic.zero_grad()
                fit.backward()
                critic.step()
                if number < options.value_batches or away > options.most_divergence:
                    continue
                mean, latent_mean, latent_sd, *_ = actions_of(network, seen, noise, begins, *(part[chosen] for part in memory))
                ratio = torch.exp(log_likelihood(action, mean, exploration) - likely)
                held = divergence_from(from_clone, mean, exploration).mean()
                kl = divergence(latent_mean[1:], latent_sd[1:], latent_mean[:-1].detach(), begins[1:]).mean()
                loss = -surrogate(ratio, gain, options.clip).mean() + options.leash * held + options.kl * kl
                actor.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(network.parameters(), 0.5)
                actor.step()
                away = float(divergence_from(was, mean.detach(), exploration).mean())
        number += 1
        note(course, [f"{time.time() - started:.0f}", number * options.steps * environment.bodies, f"{batch.reward.mean():.4f}", f"{1000 * batch.error.nanmedian():.4g}",
                      f"{batch.failed.sum() / (batch.failed.numel() * environment.facts['control_period_s']):.4g}", f"{away:.4g}", f"{float(fit):.4g}", *(f"{part:.5g}" for part in validated)])
    print(json.dumps(dict(batches=number, steps=number * options.steps * environment.bodies, best_reward=best, minutes=(time.time() - started) / 60)))


if __name__ == "__main__":
    main()
