"""The network that drives the virtual rodent: reference and body to a stochastic latent, latent and senses to an action."""

import torch
from torch import nn

LATENT = 60
# The prior of the latent: what it was a control step ago, times this, and the rest of a unit variance (Merel et al. 2019).
PRIOR_CARRY = 0.95
ENCODER = (512, 256)
DECODER = (512, 256)


class Layer(nn.Sequential):
    def __init__(self, inputs, outputs):
        super().__init__(nn.Linear(inputs, outputs), nn.LayerNorm(outputs), nn.SiLU())


class LongShortTermMemory(nn.Module):
    """One step of an LSTM, written out so that it exports as plain operations."""

    def __init__(self, inputs, units):
        super().__init__()
        self.units, self.gates = units, nn.Linear(inputs + units, 4 * units)
        with torch.no_grad():
            self.gates.bias[units:2 * units] = 1.0  # remember at first

    def forward(self, x, hidden, cell):
        i, f, g, o = self.gates(torch.cat([x, hidden], -1)).chunk(4, -1)
        cell = torch.sigmoid(f) * cell + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(cell), cell


class Policy(nn.Module):
    """Observation (reference first, then proprioception) to an action in [-1, 1], with every layer on the way.

    The encoder sees all of the observation, the decoder the latent and the proprioception. `decoder` is "mlp" or "lstm".
    Beside the layers of either runs a straight path, one matrix from what it sees to what it says. A posture that no
    training motion held then still finds its set-points, where layers that saturate say something else.
    """

    def __init__(self, observation, reference, actions, decoder="mlp", encoder_units=ENCODER, decoder_units=DECODER, latent=LATENT):
        super().__init__()
        self.settings = dict(observation=observation, reference=reference, actions=actions, decoder=decoder,
                             encoder_units=list(encoder_units), decoder_units=list(decoder_units), latent=latent)
        self.reference, self.latent, self.recurrent = reference, latent, decoder == "lstm"
        self.register_buffer("mean", torch.zeros(observation))
        self.register_buffer("scale", torch.ones(observation))
        self.encoder_0, self.encoder_1 = Layer(observation, encoder_units[0]), Layer(encoder_units[0], encoder_units[1])
        self.head = nn.Linear(encoder_units[1], 2 * latent)
        self.straight_encoder = nn.Linear(observation, latent, bias=False)
        self.decoder_0 = Layer(latent + observation - reference, decoder_units[0])
        self.decoder_1 = LongShortTermMemory(decoder_units[0], decoder_units[1]) if self.recurrent else Layer(decoder_units[0], decoder_units[1])
        self.action = nn.Linear(decoder_units[1], actions)
        self.straight_decoder = nn.Linear(latent + observation - reference, actions, bias=False)
        with torch.no_grad():
            self.head.bias[latent:] = -3.0
            self.head.weight *= 0.1
            self.action.weight *= 0.1
            self.straight_encoder.weight.zero_()
            self.straight_decoder.weight.zero_()

    def state(self, rows):
        """Hidden and cell state of an LSTM that remembers nothing; empty for a network without memory."""
        units = self.decoder_1.units if self.recurrent else 0
        return torch.zeros(rows, units), torch.zeros(rows, units)

    def normalised(self, observation):
        return ((observation - self.mean) / self.scale).clamp(-8, 8)

    @torch.no_grad()
    def normalise(self, mean, scale, keep=False):
        """Sets what observations are normalised by. keep: the network goes on computing what it did."""
        if keep:
            share, shift = scale / self.scale, (mean - self.mean) / self.scale
            for linear, biased, part, first in (
                (self.encoder_0[0], self.encoder_0[0], slice(None), 0), (self.straight_encoder, self.head, slice(None), 0),
                (self.decoder_0[0], self.decoder_0[0], slice(self.reference, None), self.latent),
                (self.straight_decoder, self.action, slice(self.reference, None), self.latent),
            ):
                biased.bias[:len(linear.weight)] += linear.weight[:, first:] @ shift[part]
                linear.weight[:, first:] *= share[part]
        self.mean.copy_(mean)
        self.scale.copy_(scale)

    @torch.no_grad()
    def begin_straight(self, observation, action, ridge=100.0):
        """Lets the straight paths say what ridge regression finds: one dimension of the latent for each number of the action."""
        seen, middle = self.normalised(observation), action.mean(0)
        square = seen.T @ seen + ridge * torch.eye(seen.shape[1])
        slopes = torch.linalg.solve(square, seen.T @ (action - middle)).T
        spread = (seen @ slopes.T).std(0) + 1e-3
        count = len(slopes)
        self.straight_encoder.weight[:count] = slopes / spread[:, None]
        self.straight_decoder.weight[:, :count] = torch.diag(spread)
        self.action.bias.copy_(middle)

    def encode(self, seen):
        """Normalised observation to the latent's mean and standard deviation, from 0.01 to 1, and the layers before."""
        first = self.encoder_0(seen)
        second = self.encoder_1(first)
        mean, raw = self.head(second).chunk(2, -1)
        mean = mean + self.straight_encoder(seen)
        return mean, 0.99 * torch.sigmoid(raw) + 0.01, first, second

    def decode(self, latent, seen, hidden, cell):
        """Latent and normalised observation to an unlimited action, the layers before, and the new state."""
        return self.drive(latent, seen[..., self.reference:], hidden, cell)

    def drive(self, latent, proprioception, hidden, cell):
        given = torch.cat([latent, proprioception], -1)
        first, straight = self.decoder_0(given), self.straight_decoder(given)
        if self.recurrent:
            hidden, cell = self.decoder_1(first, hidden, cell)
            return self.action(hidden) + straight, first, hidden, hidden, cell
        second = self.decoder_1(first)
        return self.action(second) + straight, first, second, hidden, cell

    def unroll(self, latent, seen, begins, hidden, cell):
        """Decodes (steps, rows, ..) one step after the other, the memory empty where an episode begins: unlimited actions, hidden and cell state."""
        actions = []
        for t in range(len(seen)):
            keep = (~begins[t]).float()[:, None]
            action, _, _, hidden, cell = self.decode(latent[t], seen[t], hidden * keep, cell * keep)
            actions.append(action)
        return torch.stack(actions), hidden, cell

    def forward(self, observation, noise, hidden, cell):
        """One step: action, latent mean, sd and sample, new hidden and cell state."""
        seen = self.normalised(observation)
        mean, sd, _, _ = self.encode(seen)
        latent = mean + sd * noise
        action, _, _, hidden, cell = self.decode(latent, seen, hidden, cell)
        return action.clamp(-1, 1), mean, sd, latent, hidden, cell


def divergence(mean, sd, before, begins):
    """Mean over dimensions of the KL divergence from the prior; `before` is the latent's mean a step ago, 0 at a start."""
    variance = torch.where(begins[..., None], 1.0, 1 - PRIOR_CARRY**2)
    away = mean - torch.where(begins[..., None], torch.zeros_like(before), PRIOR_CARRY * before)
    return 0.5 * ((sd**2 + away**2) / variance - 1 - torch.log(sd**2 / variance)).mean(-1)
