"""Bodies go through motion and gather what the planner says of it (DAgger: Ross et al. 2011)."""

import numpy as np

from closedloop_training.experience import Experience, Mirror


class Collection:
    """Steps the bodies, driven by the networks in training and at some steps by the planner, and keeps what they go through.

    A step has two halves: `ask` has the planner plan, `take` waits for it and moves on; in between the networks can learn.
    """

    def __init__(self, environment, kinds, most_steps, random, started):
        n, facts = environment.bodies, environment.facts
        self.environment, self.random, self.kinds, self.started = environment, random, kinds, started
        self.experience = Experience(n, facts["observation"], facts["action"], most_steps, Mirror(facts))
        # Who drives which body, and how much its set-points are disturbed.
        self.driver, self.noise = np.arange(n) % len(kinds), np.array([0, 0.05, 0, 0.15])[(np.arange(n) // len(kinds)) % 4]
        self.begins, self.now = np.ones(n, bool), environment.observe()
        self.errors, self.falls, self.seconds = [], 0, 0.0

    def ask(self, learners, label_share):
        """The networks say what they would do; the planner improves on it at a share of the bodies."""
        observation, n = self.now["observation"], self.environment.bodies
        self.proposed = np.stack([learners[kind].act(observation.copy(), self.begins) for kind in self.kinds])[self.driver, np.arange(n)]
        self.asked = self.random.random(n) < label_share
        # The better the network, the nearer its proposals, and so the labels, to the best there is.
        self.environment.ask(self.proposed, self.asked)

    def take(self, elapsed):
        """Keeps the labels and moves on; elapsed: share of the training's time."""
        n = self.environment.bodies
        labels, curvature = self.environment.plans()
        self.experience.add(self.now["observation"], self.begins, self.asked, labels, curvature)
        # The planner helps less and less.
        help_share = 1.0 if not self.started and self.experience.count < 2000 else max(0.15, 0.5 * (1 - 4 * elapsed))
        helped = self.asked & (self.random.random(n) < help_share)
        actions = np.where(helped[:, None], labels, self.proposed) + self.noise[:, None] * self.random.standard_normal(self.proposed.shape)
        self.now = self.environment.step(np.clip(actions, -1, 1))
        self.begins = self.now["end"] > 0
        self.falls += int((self.now["end"] == 1).sum())
        self.errors.append(1000 * self.now["error"])
        self.seconds += n * self.environment.facts["control_period_s"]

    def report(self):
        """Since the last report: median error (mm) of each network's undisturbed bodies, help included, NaN where nothing was gone through; falls a second."""
        recent = np.array(self.errors) if self.errors else None
        shown = {kind: float("nan") if recent is None else float(np.nanmedian(recent[:, (self.driver == k) & (self.noise == 0)])) for k, kind in enumerate(self.kinds)}
        falls = self.falls / max(self.seconds, 1e-9)
        self.errors, self.falls, self.seconds = [], 0, 0.0
        return shown, falls
