"""Tables of a training's course, and the weights that one begins with."""

import csv
from pathlib import Path

from closedloop_training.weights import load


def table(path, names, goes_on=True):
    """A CSV file; it goes on where it is, as a run does that was interrupted, or begins anew."""
    begun = goes_on and path.exists() and path.stat().st_size > 0
    file = path.open("a" if goes_on else "w", newline="")
    if not begun:
        note(file, names)
    return file


def note(file, row):
    csv.writer(file).writerow(row)
    file.flush()


def weights_of(folder, kind):
    """A checkpoint of a policy, or the shipped weights."""
    folder = Path(folder)
    return load(next((path for path in (folder / f"{kind}.pt", folder / f"policy-{kind}.pt") if path.exists()), folder / f"{kind}.pt"))
