"""Puts trained policies into model folders that the program loads: policy.onnx and resample.onnx (docs/models.md)."""

import torch
from torch import nn

from .model_folder import ModelFolder

LAYERS = ("encoder_0", "encoder_1", "decoder_0", "decoder_1")


class Exported(nn.Module):
    """One step with every layer named. A network without memory has neither state inputs nor outputs."""

    def __init__(self, policy):
        super().__init__()
        self.policy = policy

    def forward(self, observation, noise, *memory):
        policy = self.policy
        hidden, cell = memory if memory else (None, None)
        seen = policy.normalised(observation)
        mean, sd, encoder_0, encoder_1 = policy.encode(seen)
        latent = mean + sd * noise
        action, decoder_0, decoder_1, hidden, cell = policy.decode(latent, seen, hidden, cell)
        shared = (action.clamp(-1, 1), mean, sd, latent, encoder_0, encoder_1, decoder_0)
        # The second layer of an LSTM decoder is its new state.
        return (*shared, hidden, cell) if policy.recurrent else (*shared, decoder_1)


class Resampled(nn.Module):
    """The actions of many draws of one step's latent."""

    def __init__(self, policy):
        super().__init__()
        self.policy = policy

    def forward(self, observation, latent_mean, latent_sd, noise, *memory):
        policy, many = self.policy, noise.shape[0]
        latent = latent_mean + latent_sd * noise
        # The senses are the same for all draws: their part of the first layer is computed once.
        linear, norm, shape = policy.decoder_0[0], policy.decoder_0[1], policy.decoder_0[2]
        senses = policy.normalised(observation)[:, policy.reference:]
        first = shape(norm(latent @ linear.weight[:, :policy.latent].T + (senses @ linear.weight[:, policy.latent:].T + linear.bias)))
        straight = policy.straight_decoder.weight
        straight = latent @ straight[:, :policy.latent].T + senses @ straight[:, policy.latent:].T
        if policy.recurrent:
            hidden, cell = memory
            memory = policy.decoder_1
            gates = first @ memory.gates.weight[:, :first.shape[-1]].T + (hidden @ memory.gates.weight[:, first.shape[-1]:].T + memory.gates.bias)
            i, f, g, o = gates.chunk(4, -1)
            second = torch.sigmoid(o) * torch.tanh(torch.sigmoid(f) * cell + torch.sigmoid(i) * torch.tanh(g))
        else:
            second = policy.decoder_1(first)
        return (policy.action(second) + straight).clamp(-1, 1)


def keep_rollout(folder, policy, observation, steps=40):
    """A stored run of many steps with its memory carried on: what PyTorch does, for the program to be held against."""
    torch.manual_seed(2)
    seen, noise = [observation], torch.randn(steps, policy.latent)
    for _ in range(steps - 1):
        seen.append(0.9 * seen[-1] + 0.1 * policy.mean + 0.3 * policy.scale * torch.randn_like(observation))
    seen, memory, actions = torch.cat(seen), policy.state(1), []
    with torch.no_grad():
        for t in range(steps):
            action, *_, hidden, cell = policy(seen[t:t + 1], noise[t:t + 1], *memory)
            memory = (hidden, cell)
            actions.append(action)
    for name, value in (("observation", seen), ("noise", noise), ("action", torch.cat(actions))):
        value.numpy().astype("<f4").tofile(folder.path / "samples" / f"rollout-{name}.bin")


def export(path, policy, observation, facts, **manifest):
    """Writes a folder of the kind policy. observation: (2, n) real observations for the samples; facts: what the training environment said."""
    policy = policy.eval()
    folder = ModelFolder(path)
    torch.manual_seed(1)
    observation = observation[:1].float()
    noise = torch.randn(1, policy.latent)
    memory = [0.3 * torch.tanh(torch.randn(1, policy.decoder_1.units)) for _ in range(2)] if policy.recurrent else []
    units = policy.settings["decoder_units"]
    states = {name: (["batch", units[1]], "1", f"{name} state of the LSTM of the last step; 0 at the start of an episode") for name in ("hidden", "cell")} if policy.recurrent else {}
    inputs = {"observation": (["batch", policy.settings["observation"]], "mixed", "what the policy sees: the reference ahead, then the body (preprocessing: observation)"),
              "noise": (["batch", policy.latent], "1", "standard normal numbers; 0 for the mean of the latent"), **states}
    outputs = {"action": (["batch", policy.settings["actions"]], "1", "motor command, -1 to 1"),
               "latent_mean": (["batch", policy.latent], "1", "mean of the latent"),
               "latent_sd": (["batch", policy.latent], "1", "standard deviation of the latent, 0.01 to 1"),
               "latent": (["batch", policy.latent], "1", "the latent: mean + sd x noise")}
    widths = (*policy.settings["encoder_units"], *units)
    for name, width in list(zip(LAYERS, widths))[: 3 if policy.recurrent else 4]:
        outputs[name] = (["batch", width], "1", "activity of this layer")
    for name in states:
        outputs[f"next_{name}"] = (["batch", units[1]], "1", f"{name} state of the LSTM after this step")
    folder.add("policy.onnx", Exported(policy), inputs, outputs, [observation, noise, *memory], tolerance=2e-4)
    with torch.no_grad():
        mean, sd, *_ = policy.encode(policy.normalised(observation))
    draws = torch.randn(50, policy.latent)
    folder.add("resample.onnx", Resampled(policy),
               {"observation": ([1, policy.settings["observation"]], "mixed", "as for policy.onnx"),
                "latent_mean": ([1, policy.latent], "1", "of policy.onnx"), "latent_sd": ([1, policy.latent], "1", "of policy.onnx"),
                "noise": (["resamples", policy.latent], "1", "standard normal numbers, a row a draw"),
                **{name: ([1, units[1]], "1", meaning) for name, (_, _, meaning) in states.items()}},
               {"actions": (["resamples", policy.settings["actions"]], "1", "the motor command of each draw, -1 to 1")},
               [observation, mean, sd, draws, *memory], tolerance=2e-4)
    keep_rollout(folder, policy, observation)
    folder.write("policy", keypoints=[], body_sha256=facts["body_sha256"],
                 preprocessing={"observation": f'"{facts["layout"]}"', "future_frames": facts["frames"], "control_hz": round(1 / facts["control_period_s"])}, **manifest)
