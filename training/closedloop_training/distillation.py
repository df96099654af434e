"""A network that learns from the planner, and what its errors cost."""

import torch

from closedloop_training.policy import Policy, divergence
from closedloop_training.schedule import Averaged, save


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

    def normalise(self, experience):
        """Normalises what is observed by what was; a network that begins now begins with the best straight line."""
        seen = experience.observation[:experience.time].reshape(-1, experience.observation.shape[2])
        for network in (self.network, self.average.network):
            network.normalise(torch.from_numpy(seen.mean(0)), torch.from_numpy(seen.std(0) + 1e-3), keep=self.started)
            if not self.started:
                network.begin_straight(*experience.straight())

    @torch.no_grad()
    def act(self, observation, begins):
        keep = (~torch.from_numpy(begins)).float()[:, None]
        noise = torch.randn(len(observation), self.network.latent)
        action, _, _, _, *memory = self.average.network(torch.from_numpy(observation), noise, *(m * keep for m in self.memory))
        self.memory = memory
        return action.numpy()

    def save(self, path, **more):
        save(path, averaged=self.average.network.state_dict(), settings=self.network.settings, **more)

    def learn(self, experience, random, typical, rate, options):
        """One update from a batch of the experience."""
        if self.network.recurrent:
            loss = loss_of_stretches(self.network, experience.stretches(options.batch // 16, 20, random), typical, options)
        else:
            loss = loss_of_singles(self.network, experience.singles(options.batch, random), typical, options)
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
    """Of labelled moments, for a network without memory; options: floor, kl."""
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
    """Of runs of steps, for a network that remembers; options: floor, kl."""
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
    """How strongly an actuator carries the body off, on the whole."""
    return float(curvature[:20000].float().diagonal(dim1=-2, dim2=-1).mean())
