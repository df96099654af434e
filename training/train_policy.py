"""Distils the planner into the networks that drive the virtual rodent (DAgger: Ross et al. 2011).

    python3 training/train_policy.py --minutes 75 --out policy

Bodies imitate reference motion, driven by the networks in training; at some of the steps the planner says what it would
have done, and the networks learn that, each error weighed by how far it would have carried the body off. An LSTM and an
MLP learn beside each other from the same experience. `--reference` adapts networks to one animal's motion (`--from`).
"""

import argparse
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# NB: the bodies use the other cores meanwhile, and threads that wait for each other by spinning would take them away.
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

import numpy as np
import torch

from closedloop_training.environment import Environment, library
from closedloop_training.experience import Experience, Mirror
from closedloop_training.policy import Policy, divergence
from closedloop_training.schedule import Averaged, save
from closedloop_training.tables import note, table, weights_of
from closedloop_training.validation import validate

KINDS = ("mlp", "lstm")


class Learner:
    """One network in training, its average, which acts, and the state of its memory for each body."""

    def __init__(self, kind, facts, rate, state=None, average=0.998):
        self.network = Policy(facts["observation"], facts["reference"], facts["action"], kind) if state is None else Policy(**state["settings"])
        self.started = state is not None
        if self.started:
            self.network.load_state_dict(state["averaged"])
        self.average = Averaged(self.network, average)
        straight = [value for name, value in self.network.named_parameters() if name.startswith("straight")]
        layers = [value for name, value in self.network.named_parameters() if not name.startswith("straight")]
        # What a straight path can say, it shall say: only the layers beside it decay.
        self.optimiser = torch.optim.AdamW([dict(params=layers, weight_decay=1e-2), dict(params=straight, weight_decay=0.0)], rate)
        self.memory, self.loss = self.network.state(facts["bodies"]), float("nan")

    @torch.no_grad()
    def act(self, observation, begins):
        keep = (~torch.from_numpy(begins)).float()[:, None]
        noise = torch.randn(len(observation), self.network.latent)
        action, _, _, _, *memory = self.average.network(torch.from_numpy(observation), noise, *(m * keep for m in self.memory))
        self.memory = memory
        return action.numpy()

    def save(self, path, **more):
        save(path, averaged=self.average.network.state_dict(), settings=self.network.settings, **more)

    def learn(self, loss, rate):
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.average.update(self.network)
        value = float(loss)
        self.loss = value if self.loss != self.loss else 0.99 * self.loss + 0.01 * value


def departure(action, label, curvature, typical, floor):
    """How far an error carries the body off, relative to a typical error, and a little for every actuator."""
    error = action - label
    # A limited set-point that is overshot does no harm.
    error = torch.where((label.abs() >= 1) & (error * label > 0), 0.1 * error, error)
    strength = curvature.diagonal(dim1=-2, dim2=-1).mean(-1)
    cost = torch.einsum("bi,bij,bj->b", error, curvature, error) / (0.5 * typical + 0.5 * strength)
    return (cost + floor * (error**2).sum(-1)).mean()


def loss_of_singles(network, batch, typical, options):
    observation, before, begins, label, curvature = batch
    seen = network.normalised(observation)
    mean, sd, _, _ = network.encode(seen)
    action, *_ = network.decode(mean + sd * torch.randn_like(sd), seen, *network.state(len(seen)))
    part = slice(0, len(seen) // 4)
    with torch.no_grad():
        earlier = network.encode(network.normalised(before[part]))[0]
    kl = divergence(mean[part], sd[part], earlier, begins[part]).mean()
    return departure(action, label, curvature, typical, options.floor) + options.kl * kl


def loss_of_stretches(network, batch, typical, options):
    observation, begins, where, label, curvature = batch
    seen = network.normalised(observation)
    mean, sd, _, _ = network.encode(seen)
    latent = mean + sd * torch.randn_like(sd)
    actions, _, _ = network.unroll(latent, seen, begins, *network.state(seen.shape[1]))
    # The memory is empty at the start of a stretch, as it is not in use: its first steps teach nothing, but at a real start.
    warm = torch.ones_like(where)
    warm[:4] = begins[:4]
    warm = (torch.cumsum(warm.long(), 0) > 0)[where]
    kl = divergence(mean[1:], sd[1:], mean[:-1].detach(), begins[1:]).mean()
    return departure(actions[where][warm], label[warm], curvature[warm], typical, options.floor) + options.kl * kl


def typical_strength(curvature):
    return float(curvature[:20000].float().diagonal(dim1=-2, dim2=-1).mean())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, help="folder for checkpoints and curves")
    parser.add_argument("--minutes", type=float, default=75)
    parser.add_argument("--motion", action="append", default=[], help="a word for train-env, as in --motion=--reference --motion=rat.h5: one animal's motion instead of simulated")
    parser.add_argument("--library-minutes", type=float, default=30, help="minutes of simulated motion; 0 none")
    parser.add_argument("--from", dest="start", help="folder of checkpoints to begin with")
    parser.add_argument("--experience", help="a file experience.npz of an earlier run, to go on with")
    parser.add_argument("--keep-experience", type=float, default=5, help="minutes from one writing of the experience to the next; 0: never")
    parser.add_argument("--kinds", default="mlp,lstm")
    parser.add_argument("--bodies", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--label-share", type=float, default=0.35)
    parser.add_argument("--first-labels", type=int, default=1500, help="labels before the networks begin to learn; more where those of --from drive the bodies already")
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--average", type=float, default=0.998, help="how much of the average of the weights an update leaves")
    parser.add_argument("--kl", type=float, default=3e-4)
    parser.add_argument("--floor", type=float, default=0.15)
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--updates", type=int, default=4, help="of each network, a step of the bodies")
    parser.add_argument("--closing", type=float, default=0.15, help="share of the time at the end in which nothing new is gone through")
    parser.add_argument("--most-steps", type=int, default=12000)
    parser.add_argument("--validation-minutes", type=float, default=5, help="minutes of motion that nothing is learnt from; 0: none")
    parser.add_argument("--validation-seed", type=int, default=9001)
    parser.add_argument("--patience", type=int, default=8, help="ends after so many validations in which no network became better; 0: never")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.time()
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    random = np.random.default_rng(options.seed)
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    motion = options.motion + library(options.library_minutes, options.seed)
    environment = Environment(motion, options.bodies, options.seed, options.threads)
    facts = environment.facts
    print(f"{facts['clips']} clips, {facts['minutes']:.1f} minutes; {facts['bodies']} bodies, {facts['observation']} numbers observed; {time.time() - started:.0f} s", flush=True)
    unseen = Environment(library(options.validation_minutes, options.validation_seed), 32, 77, options.threads) if not options.motion and options.validation_minutes else None
    kinds = options.kinds.split(",")
    learners = {kind: Learner(kind, facts, options.rate, weights_of(options.start, kind) if options.start else None, options.average) for kind in kinds}
    n = environment.bodies
    experience = Experience(n, facts["observation"], facts["action"], options.most_steps, Mirror(facts))
    if options.experience:
        experience.resume(options.experience)
        print(f"goes on with {experience.count} labels", flush=True)
    deadline, closing = options.minutes * 60, (1 - options.closing) * options.minutes * 60
    # Who drives which body, and how much its set-points are disturbed.
    driver, noise = np.arange(n) % len(kinds), np.array([0, 0.05, 0, 0.15])[(np.arange(n) // len(kinds)) % 4]
    begins = np.ones(n, bool)
    now, updates, typical = environment.observe(), 0, None
    curve = table(out / "curve.csv", ["seconds", "labels", "updates", *(f"{kind}_error_mm" for kind in kinds), *(f"{kind}_loss" for kind in kinds), "falls_per_s"])
    course = table(out / "validation.csv", ["seconds", *(f"{kind}_error_mm" for kind in kinds), *(f"{kind}_falls_per_s" for kind in kinds)]) if unseen else None
    best, waited = {kind: float("inf") for kind in kinds}, 0
    errors, falls, reported, validated, kept, seconds = [], 0, time.time(), time.time(), time.time(), 0
    acts = options.start is not None
    randoms = {kind: np.random.default_rng(options.seed + 1 + k) for k, kind in enumerate(kinds)}
    together = ThreadPoolExecutor(len(kinds))

    def learn(kind, count, rate):
        learner = learners[kind]
        for _ in range(count):
            if learner.network.recurrent:
                loss = loss_of_stretches(learner.network, experience.stretches(options.batch // 16, 20, randoms[kind]), typical, options)
            else:
                loss = loss_of_singles(learner.network, experience.singles(options.batch, randoms[kind]), typical, options)
            learner.learn(loss, rate)

    while time.time() - started < deadline:
        collecting = time.time() - started < closing and not experience.full
        if collecting:
            actions = np.stack([learner.act(now["observation"].copy(), begins) for learner in learners.values()])[driver, np.arange(n)]
            asked = random.random(n) < options.label_share
            # The planner improves on what the network would do: the better the network, the nearer to the best there is.
            environment.ask(actions, asked)
        if experience.count >= options.first_labels:
            if typical is None:
                observed = experience.observation[:experience.time].reshape(-1, facts["observation"])
                # NB: one animal's few seconds say nothing of how far other motion reaches: its networks keep what they normalise by.
                for learner in learners.values() if options.library_minutes > 0 else ():
                    for network in (learner.network, learner.average.network):
                        network.normalise(torch.from_numpy(observed.mean(0)), torch.from_numpy(observed.std(0) + 1e-3), keep=learner.started)
                        if not learner.started:
                            network.begin_straight(*experience.straight())
                typical = typical_strength(experience.packed()[1])
            share = (time.time() - started) / deadline
            rate = options.rate * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * min(1.0, share))))
            experience.packed()
            # Of experience of an earlier run a new network learns before it acts.
            count = 1000 if updates == 0 and options.experience and not acts else options.updates
            if collecting and count == options.updates:
                for kind in kinds:
                    learn(kind, count, rate)
            else:
                list(together.map(lambda kind: learn(kind, count, rate), kinds))
            updates += count
        if collecting:
            labels, curvature = environment.plans()
            experience.add(now["observation"], begins, asked, labels, curvature)
            # The planner helps less and less.
            help_share = 1.0 if not acts and experience.count < 2000 else max(0.15, 0.5 * (1 - 4 * (time.time() - started) / deadline))
            helped = asked & (random.random(n) < help_share)
            actions = np.where(helped[:, None], labels, actions) + noise[:, None] * random.standard_normal((n, facts["action"]))
            now = environment.step(np.clip(actions, -1, 1))
            begins = now["end"] > 0
            falls += int((now["end"] == 1).sum())
            errors.append(1000 * now["error"])
            seconds += n * facts["control_period_s"]
        if time.time() - reported > 30:
            reported = time.time()
            recent = np.array(errors) if errors else None
            shown = {kind: float("nan") if recent is None else float(np.nanmedian(recent[:, (driver == k) & (noise == 0)])) for k, kind in enumerate(kinds)}
            row = [f"{time.time() - started:.0f}", experience.count, updates] + [f"{shown[k]:.2f}" for k in kinds] + [f"{learners[k].loss:.4f}" for k in kinds] + [f"{falls / max(seconds, 1e-9):.3f}"]
            note(curve, row)
            print(f"{row[0]} s, {row[1]} labels, {updates} updates; median {' '.join(f'{k} {shown[k]:.2f}' for k in kinds)} mm with help; loss {' '.join(f'{k} {learners[k].loss:.3f}' for k in kinds)}; {row[-1]} falls a second", flush=True)
            errors, falls, seconds = [], 0, 0
            for kind, learner in learners.items():
                learner.save(out / f"{kind}.pt", step=updates, options=vars(options), facts=facts)
        if options.keep_experience and collecting and typical is not None and time.time() - kept > 60 * options.keep_experience:
            kept = time.time()
            experience.save(out / "experience.npz")
        if unseen is not None and typical is not None and (time.time() - validated > 360 or time.time() - started > deadline - 5):
            validated = time.time()
            found = {kind: validate(learner.average.network, unseen, 100) for kind, learner in learners.items()}
            note(course, [f"{time.time() - started:.0f}"] + [f"{found[kind][part]:.4g}" for part in (0, 1) for kind in kinds])
            better = [kind for kind in kinds if found[kind][0] < 0.99 * best[kind]]
            best.update({kind: found[kind][0] for kind in better})
            waited = 0 if better else waited + 1
            for kind, (median, rate_of_falls, parts) in found.items():
                print(f"  unseen motion, {kind}: median {median:.2f} mm, {rate_of_falls:.3f} falls a second | " + " ".join(f"{k}:{v:.1f}" for k, v in sorted(parts.items())), flush=True)
            if waited >= options.patience > 0:
                print(f"ends early: nothing became better on unseen motion in {waited} validations", flush=True)
                break
    for kind, learner in learners.items():
        learner.save(out / f"{kind}.pt", step=updates, options=vars(options), facts=facts)
    print(json.dumps(dict(labels=experience.count, updates=updates, minutes=(time.time() - started) / 60)))


if __name__ == "__main__":
    main()
