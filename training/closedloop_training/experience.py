"""What the bodies went through, step by step, and what the planner would have done."""

import os

import numpy as np
import torch


class Mirror:
    """Exchanges left and right. `facts["mirror"]` of the environment says how."""

    def __init__(self, facts):
        observation, action = (np.array(facts["mirror"][part]) for part in ("observation", "action"))
        take = torch.from_numpy
        self.seen, self.seen_sign = take(np.abs(observation) - 1), take(np.sign(observation).astype(np.float32))
        self.done, self.done_sign = take(np.abs(action) - 1), take(np.sign(action).astype(np.float32))

    def observation(self, observation):
        return observation[..., self.seen] * self.seen_sign

    def action(self, action):
        return action[..., self.done] * self.done_sign

    def curvature(self, curvature):
        return curvature[..., self.done, :][..., self.done] * self.done_sign * self.done_sign[:, None]


class Experience:
    """Observations of all bodies at all steps, in the order of time; labels at some of them.

    With a mirror half of what is drawn is mirrored: what the planner said of one body holds for its image.
    """

    def __init__(self, bodies, observation, actions, steps, mirror=None):
        self.mirror = mirror
        self.bodies, self.steps, self.time = bodies, steps, 0
        self.observation = np.empty((steps, bodies, observation), np.float32)
        self.begins = np.zeros((steps, bodies), bool)
        self.row = np.full((steps, bodies), -1, np.int64)
        most = steps * bodies
        self.labels, self.curvature = [], []
        self.at = np.empty((most, 2), np.int32)
        self.count = 0
        self._packed = None

    @property
    def full(self):
        return self.time >= self.steps

    def save(self, path):
        """Writes what there is, whole or not at all."""
        self._packed = None  # NB: all of them, or `row` names labels that are not there.
        labels, curvature = self.packed()
        part = f"{path}.part.npz"
        np.savez(part, observation=self.observation[:self.time], begins=self.begins[:self.time], row=self.row[:self.time],
                 at=self.at[:self.count], labels=labels.numpy(), curvature=curvature.numpy())
        os.replace(part, path)

    def resume(self, path):
        """Begins with what was written."""
        kept = np.load(path)
        time, bodies, width = kept["observation"].shape
        if (bodies, width) != (self.bodies, self.observation.shape[2]) or time > self.steps:
            raise SystemExit(f"{path} holds {time} steps of {bodies} bodies with {width} numbers, and {self.steps} of {self.bodies} with {self.observation.shape[2]} fit here")
        self.observation[:time], self.begins[:time], self.row[:time] = kept["observation"], kept["begins"], kept["row"]
        # A stretch does not reach over the gap.
        self.begins[0] = True
        self.time, self.count = time, len(kept["labels"])
        self.at[:self.count] = kept["at"]
        self.labels, self.curvature, self._packed = [kept["labels"]], [kept["curvature"]], None

    def add(self, observation, begins, asked, labels, curvature):
        t = self.time
        self.observation[t], self.begins[t] = observation, begins
        who = np.flatnonzero(asked)
        self.labels.append(labels[who].astype(np.float32))
        self.curvature.append(curvature.astype(np.float16) if curvature.size else np.empty((0, labels.shape[1], labels.shape[1]), np.float16))
        self.row[t, who] = self.count + np.arange(len(who))
        self.at[self.count:self.count + len(who)] = np.stack([np.full(len(who), t), who], 1)
        self.count += len(who)
        self.time += 1
        self._packed = None if self.time % 50 == 0 else self._packed

    def packed(self):
        """All labels and curvatures so far; at most 50 steps old, for joining them takes time."""
        if self._packed is None:
            labels, curvature = np.concatenate(self.labels), np.concatenate(self.curvature)
            self.labels, self.curvature = [labels], [curvature]
            self._packed = torch.from_numpy(labels), torch.from_numpy(curvature)
        return self._packed

    def singles(self, rows, random):
        """Labelled moments: observation, the one before, whether an episode begins there, label, curvature."""
        labels, curvature = self.packed()
        picked = random.integers(len(labels), size=rows)
        t, body = self.at[picked].T
        before = np.maximum(t - 1, 0)
        begins = self.begins[t, body] | (t == 0)
        take = torch.from_numpy
        seen, earlier, label, bent = take(self.observation[t, body]), take(self.observation[before, body]), labels[picked], curvature[picked].float()
        if self.mirror:
            half = rows // 2
            seen[:half], earlier[:half] = self.mirror.observation(seen[:half]), self.mirror.observation(earlier[:half])
            label[:half], bent[:half] = self.mirror.action(label[:half]), self.mirror.curvature(bent[:half])
        return seen, earlier, take(begins), label, bent

    def straight(self, most=20000):
        """The first labelled moments: observations, and labels within what an actuator can do."""
        labels, _ = self.packed()
        t, body = self.at[:min(most, len(labels))].T
        return torch.from_numpy(self.observation[t, body]), labels[:len(t)].clamp(-1, 1)

    def stretches(self, rows, length, random):
        """Runs of steps of single bodies: observations, starts, labels, curvatures and where there are any (rows last but features)."""
        labels, curvature = self.packed()
        start = random.integers(max(1, self.time - length), size=rows)
        body = random.integers(self.bodies, size=rows)
        t = start[None] + np.arange(length)[:, None]
        t = np.minimum(t, self.time - 1)
        row = self.row[t, body[None]]
        known = (row >= 0) & (row < len(labels))
        row = np.where(known, row, 0)
        take = torch.from_numpy
        where = take(known)
        picked = take(row)[where]
        seen, label, bent = take(self.observation[t, body[None]]), labels[picked], curvature[picked].float()
        if self.mirror:
            half = rows // 2
            turned = (torch.arange(rows) < half).expand(length, -1)[where]
            seen[:, :half] = self.mirror.observation(seen[:, :half])
            label[turned], bent[turned] = self.mirror.action(label[turned]), self.mirror.curvature(bent[turned])
        return seen, take(self.begins[t, body[None]]), where, label, bent
