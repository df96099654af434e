"""Distils the planner into the networks that drive the virtual rodent (DAgger: Ross et al. 2011).

    python3 training/train_policy.py --minutes 75 --out policy

Bodies imitate reference motion, driven by the networks in training; at some of the steps the planner says what it would
have done, and the networks learn that, each error weighed by how far it would have carried the body off. An LSTM and an
MLP learn beside each other from the same experience. With `--from` and `--motion` they adapt to one animal's motion.
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

from closedloop_training.collection import Collection
from closedloop_training.distillation import Learner, typical_strength
from closedloop_training.environment import Environment, library
from closedloop_training.tables import note, table, weights_of
from closedloop_training.validation import validate


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, help="folder for checkpoints and curves")
    parser.add_argument("--minutes", type=float, default=75)
    parser.add_argument("--motion", action="append", default=[], help="a word for train-env, as in --motion=--reference --motion=rat.h5: one animal's motion; simulated motion is rehearsed beside it")
    parser.add_argument("--mass-spread", type=float, help="by how much bodies' mass differs from what their size says, at most, as a share; small: more exact on bodies as they should be, less robust")
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
    return parser.parse_args()


class Course:
    """What is told of a training while it runs: tables, lines, and when nothing becomes better any more."""

    def __init__(self, out, kinds, validating, goes_on):
        self.kinds, self.best, self.waited = kinds, {kind: float("inf") for kind in kinds}, 0
        self.curve = table(out / "curve.csv", ["seconds", "labels", "updates", *(f"{kind}_error_mm" for kind in kinds), *(f"{kind}_loss" for kind in kinds), "falls_per_s"], goes_on)
        self.validation = table(out / "validation.csv", ["seconds", *(f"{kind}_error_mm" for kind in kinds), *(f"{kind}_falls_per_s" for kind in kinds)], goes_on) if validating else None

    def learnt(self, seconds, updates, collection, learners):
        shown, falls = collection.report()
        losses = {kind: learners[kind].loss for kind in self.kinds}
        note(self.curve, [f"{seconds:.0f}", collection.experience.count, updates, *(f"{shown[kind]:.2f}" for kind in self.kinds), *(f"{losses[kind]:.4f}" for kind in self.kinds), f"{falls:.3f}"])
        errors, costs = (" ".join(f"{kind} {of[kind]:{form}}" for kind in self.kinds) for of, form in ((shown, ".2f"), (losses, ".3f")))
        print(f"{seconds:.0f} s, {collection.experience.count} labels, {updates} updates; median {errors} mm with help; loss {costs}; {falls:.3f} falls a second", flush=True)

    def validated(self, seconds, found):
        """found: what `validate` says of each kind. Counts how often nothing became better."""
        note(self.validation, [f"{seconds:.0f}", *(f"{found[kind][part]:.4g}" for part in (0, 1) for kind in self.kinds)])
        better = [kind for kind in self.kinds if found[kind][0] < 0.99 * self.best[kind]]
        self.best.update({kind: found[kind][0] for kind in better})
        self.waited = 0 if better else self.waited + 1
        for kind, (median, falls, parts) in found.items():
            print(f"  unseen motion, {kind}: median {median:.2f} mm, {falls:.3f} falls a second | " + " ".join(f"{k}:{v:.1f}" for k, v in sorted(parts.items())), flush=True)


def main():
    options = arguments()
    started = time.time()
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    out, kinds = Path(options.out), options.kinds.split(",")
    out.mkdir(parents=True, exist_ok=True)
    spread = [] if options.mass_spread is None else ["--mass-spread", str(options.mass_spread)]
    environment = Environment(options.motion + spread + library(options.library_minutes, options.seed), options.bodies, options.seed, options.threads)
    facts = environment.facts
    print(f"{facts['clips']} clips, {facts['minutes']:.1f} minutes; {facts['bodies']} bodies, {facts['observation']} numbers observed; {time.time() - started:.0f} s", flush=True)
    unseen = Environment(spread + library(options.validation_minutes, options.validation_seed), 32, 77, options.threads) if not options.motion and options.validation_minutes else None
    learners = {kind: Learner(kind, facts, options.rate, weights_of(options.start, kind) if options.start else None, options.average) for kind in kinds}
    collection = Collection(environment, kinds, options.most_steps, np.random.default_rng(options.seed), started=options.start is not None)
    experience = collection.experience
    if options.experience:
        experience.resume(options.experience)
        print(f"goes on with {experience.count} labels", flush=True)
    course = Course(out, kinds, unseen is not None, goes_on=options.experience is not None)
    randoms = {kind: np.random.default_rng(options.seed + 1 + k) for k, kind in enumerate(kinds)}
    together = ThreadPoolExecutor(len(kinds))
    updates, typical, reported, validated, kept = 0, None, time.time(), time.time(), time.time()

    def elapsed():
        return (time.time() - started) / (60 * options.minutes)

    def save():
        for kind, learner in learners.items():
            learner.save(out / f"{kind}.pt", step=updates, options=vars(options), facts=facts)

    def learn(kind, count, rate):
        for _ in range(count):
            learners[kind].learn(experience, randoms[kind], typical, rate, options)

    while elapsed() < 1:
        collecting = elapsed() < 1 - options.closing and not experience.full
        if collecting:
            collection.ask(learners, options.label_share)
        if experience.count >= options.first_labels:
            if typical is None:
                # NB: one animal's few seconds say nothing of how far other motion reaches: its networks keep what they normalise by.
                for learner in () if options.motion else learners.values():
                    learner.normalise(experience)
                typical = typical_strength(experience.packed()[1])
            rate = options.rate * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * min(1.0, elapsed()))))
            experience.packed()
            # Of experience of an earlier run a new network learns before it acts.
            count = 1000 if updates == 0 and options.experience and not options.start else options.updates
            if collecting and count == options.updates:
                for kind in kinds:
                    learn(kind, count, rate)
            else:
                list(together.map(lambda kind: learn(kind, count, rate), kinds))
            updates += count
        if collecting:
            collection.take(elapsed())
        if time.time() - reported > 30:
            reported = time.time()
            course.learnt(reported - started, updates, collection, learners)
            save()
        if options.keep_experience and collecting and typical is not None and time.time() - kept > 60 * options.keep_experience:
            kept = time.time()
            experience.save(out / "experience.npz")
        if unseen is not None and typical is not None and (time.time() - validated > 360 or time.time() - started > 60 * options.minutes - 5):
            validated = time.time()
            course.validated(validated - started, {kind: validate(learner.average.network, unseen, 100) for kind, learner in learners.items()})
            if course.waited >= options.patience > 0:
                print(f"ends early: nothing became better on unseen motion in {course.waited} validations", flush=True)
                break
    save()
    print(json.dumps(dict(labels=experience.count, updates=updates, minutes=(time.time() - started) / 60)))


if __name__ == "__main__":
    main()
