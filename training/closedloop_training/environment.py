"""The bodies: `closedloop train-env` in a process of its own, reached over a socket (its protocol: TrainingServer.cs)."""

import atexit
import json
import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]


def library(minutes, seed):
    """The words by which train-env is asked for simulated motion; none for no minutes."""
    return ["--library-minutes", str(minutes), "--library-seed", str(seed)] if minutes > 0 else []


class Environment:
    """Many bodies side by side."""

    def __init__(self, arguments, bodies, seed, threads, patience_s=900):
        self.folder = tempfile.mkdtemp(prefix="closedloop-")
        path = os.path.join(self.folder, "s")
        command = [str(ROOT / "closedloop"), "train-env", "--socket", path, "--once", "--bodies", str(bodies), "--seed", str(seed), "--threads", str(threads), *arguments]
        # Compiled at once: what is recompiled in steps is slow where it matters.
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=dict(os.environ, DOTNET_TieredPGO="0"))
        atexit.register(self.close)
        started = time.time()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        while True:
            try:
                self.socket.connect(path)
                break
            except (FileNotFoundError, ConnectionRefusedError):
                if self.process.poll() is not None:
                    raise SystemExit("the training environment ended before it could be reached; what it said stands above")
                if time.time() - started > patience_s:
                    raise SystemExit(f"the training environment was not there after {patience_s} s")
                time.sleep(0.2)
        self.file = self.socket.makefile("rb", buffering=1 << 20)
        self.facts = json.loads(self.file.readline())
        if self.facts["protocol"] != 2:
            raise SystemExit(f"the training environment speaks protocol {self.facts['protocol']}, and 2 was expected; use scripts and program of one version")
        self.bodies, self.observation, self.actions = self.facts["bodies"], self.facts["observation"], self.facts["action"]

    def observe(self):
        """Looks, and steps nothing."""
        self.socket.sendall(b"O")
        return self._observed()

    def step(self, actions):
        """actions: (bodies, action). What is observed after one control step."""
        self.socket.sendall(b"S" + np.ascontiguousarray(actions, "<f4").tobytes())
        return self._observed()

    def ask(self, proposals, asked):
        """Has the planner plan where `asked`, from what a network proposes, (bodies, action); `plans` waits for it: in between there is time for something else."""
        self.asked = np.ascontiguousarray(asked, np.uint8)
        self.socket.sendall(b"P" + np.ascontiguousarray(proposals, "<f4").tobytes() + self.asked.tobytes())

    def plans(self):
        """Labels (bodies, action), NaN where not asked; curvatures (asked, action, action)."""
        n, a = self.bodies, self.actions
        labels = self._floats(n * a).reshape(n, a)
        return labels, self._floats(int(self.asked.astype(bool).sum()) * a * a).reshape(-1, a, a)

    def _observed(self):
        n = self.bodies
        observation = self._floats(n * self.observation).reshape(n, -1)
        reward, error = self._floats(n), self._floats(n)
        end, behaviour = np.frombuffer(self._bytes(n), np.uint8), np.frombuffer(self._bytes(n), np.uint8)
        return dict(observation=observation, reward=reward, error=error, end=end, behaviour=behaviour)

    def close(self):
        try:
            self.socket.close()
        except OSError:
            pass
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)

    def _floats(self, count):
        return np.frombuffer(self._bytes(4 * count), "<f4")

    def _bytes(self, count):
        data = self.file.read(count)
        if len(data) != count:
            raise SystemExit("the training environment has gone; what it said stands above")
        return data
