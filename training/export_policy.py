"""Puts a checkpoint of train_policy.py into a model folder.

    python3 training/export_policy.py --checkpoint policy/mlp.pt --out models/policy-mlp --held-out held_out.json

held_out.json: figures on motion that nothing was learnt from, as {name with unit: number}; `closedloop imitate` gives them.
"""

import argparse
import json
from pathlib import Path

import torch

from closedloop_training.policy import Policy
from closedloop_training.policy_export import export
from closedloop_training.weights import load


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--held-out", help="figures for the manifest, JSON")
    parser.add_argument("--version", default="1")
    parser.add_argument("--trained-with", help="the command, where it is not that of the checkpoint")
    options = parser.parse_args()
    state = load(options.checkpoint)
    policy = Policy(**state["settings"])
    policy.load_state_dict(state["averaged"])
    used = state["options"]
    command = options.trained_with or (f"python3 training/train_policy.py --minutes {used['minutes']:g} --library-minutes {used['library_minutes']:g} --seed {used['seed']} --bodies {used['bodies']} "
                                       f"--threads {used['threads']} --kinds {used['kinds']}" + "".join(f" --motion={word}" for word in used.get("motion", [])))
    # A sample in the middle of what is seen.
    observation = (policy.mean + 0.5 * policy.scale * torch.linspace(-1, 1, len(policy.mean)))[None]
    export(options.out, policy, observation, state["facts"], version=options.version, licence="MIT", trained_with=command,
           held_out=json.loads(Path(options.held_out).read_text()) if options.held_out else {},
           description=f"Inverse dynamics of the rat: {'an LSTM' if policy.recurrent else 'an MLP'} decoder behind a latent of {policy.latent} dimensions, distilled from the planner.")


if __name__ == "__main__":
    main()
