"""Averages policies that come from one another and learnt from different experience (model soups: Wortsman et al. 2022).

    python3 training/average_policies.py policy/mlp.pt more/mlp.pt --out average/mlp.pt

What each learnt by heart of its own labels goes, what they have in common stays. It holds only between networks of one
descent, whose units mean the same. How much of each is best is chosen on validation motion (--weights).
"""

import argparse

import torch

from closedloop_training.policy import Policy
from closedloop_training.schedule import save
from closedloop_training.weights import load


def average(states, weights):
    """The weighted mean of checkpoints, brought to the last one's normalisation of what is observed first."""
    networks = []
    for state in states:
        if state["settings"] != states[-1]["settings"]:
            raise SystemExit("the networks are not of one shape; average those of one kind that come from one another")
        network = Policy(**state["settings"])
        network.load_state_dict(state["averaged"])
        networks.append(network)
    for network in networks[:-1]:
        network.normalise(networks[-1].mean.clone(), networks[-1].scale.clone(), keep=True)
    share = [weight / sum(weights) for weight in weights]
    return {name: sum(s * network.state_dict()[name] for s, network in zip(share, networks)) for name in networks[-1].state_dict()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoints", nargs="+", help="of train_policy.py, or packed weights")
    parser.add_argument("--weights", type=float, nargs="+", help="of each; equal where nothing is said")
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    weights = options.weights or [1.0] * len(options.checkpoints)
    if len(weights) != len(options.checkpoints) or not sum(weights) > 0:
        raise SystemExit(f"{len(options.checkpoints)} checkpoints and {len(weights)} weights were given; give one weight for each, above 0 together")
    states = [load(path) for path in options.checkpoints]
    save(options.out, **dict(states[-1], averaged=average(states, weights)))


if __name__ == "__main__":
    main()
