"""What a user of NumPy and scikit-learn writes for the comparison of activity with features: the yardstick of
`closedloop bench --comparison`. Run with one thread of OpenBLAS; times are those of the processor.

numpy_comparison.py FOLDER

For each line of JSON on standard input, a line of JSON on standard output. Files of FOLDER hold float64.

{"task": "crossnobis", "conditions": K, "channels": P, "folds": F, "repeats": N}: of folds.f64 (F x K x P) and noise.f64
(P x P): seconds of the formula with the inverse of the noise, with the inverse at hand, and with solving in its place.
{"task": "wuc", "conditions": K, "repeats": N}: of one.f64 and other.f64, the pairs of K conditions.
{"task": "glm", "bins": T, "features": D, "units": U, "alpha": A}: of x.f64 (T x D, standardised) and y.f64 (T x U); writes
weights.f64 (U x D + 1, the intercept last).
"""
import json
import sys
import time

import numpy as np
import sklearn
from sklearn.linear_model import PoissonRegressor

folder = sys.argv[1]


def read(name, *shape):
    return np.fromfile(folder + "/" + name, "<f8").reshape(shape)


def distances(kernel, channels, upper):
    own = np.diag(kernel)
    return ((own[:, None] + own[None, :] - kernel - kernel.T) / channels)[upper]


def crossnobis(folds, precision, upper):
    """Each fold's patterns against the mean of all others, in the metric of the precision: all folds at once."""
    count, conditions, channels = folds.shape
    others = (folds.sum(axis=0) - folds) / (count - 1)
    left = (others.reshape(-1, channels) @ precision).reshape(folds.shape)
    return distances((left @ folds.transpose(0, 2, 1)).mean(axis=0), channels, upper)


def crossnobis_solved(folds, noise, upper):
    count, conditions, channels = folds.shape
    others = (folds.sum(axis=0) - folds) / (count - 1)
    right = np.linalg.solve(noise, folds.reshape(-1, channels).T).reshape(channels, count, conditions)
    return distances((others @ right.transpose(1, 0, 2)).mean(axis=0), channels, upper)


def wuc(one, other, conditions, upper):
    """The cosine of the double-centred second moments, which is that in the metric of V with equal noise."""
    moments = []
    for pairs in (one, other):
        square = np.zeros((conditions, conditions))
        square[upper] = pairs
        square += square.T
        mean = square.mean(axis=0)
        moments.append(-0.5 * (square - mean[:, None] - mean[None, :] + mean.mean()))
    a, b = moments
    return np.vdot(a, b) / np.sqrt(np.vdot(a, a) * np.vdot(b, b))


def timed(work, repeats):
    work()
    took = []
    for _ in range(repeats):
        began = time.process_time_ns()
        result = work()
        took.append((time.process_time_ns() - began) / 1e9)
    return float(np.median(took)), result


def answer(asked):
    task = asked["task"]
    if task == "glm":
        x, y = read("x.f64", asked["bins"], asked["features"]), read("y.f64", asked["bins"], asked["units"])
        columns = [np.ascontiguousarray(y[:, unit]) for unit in range(asked["units"])]
        weights = np.empty((asked["units"], asked["features"] + 1))
        PoissonRegressor(alpha=asked["alpha"], max_iter=1000).fit(x[:500], columns[-1][:500])
        began = time.process_time()
        for unit, counts in enumerate(columns):
            model = PoissonRegressor(alpha=asked["alpha"], max_iter=1000).fit(x, counts)
            weights[unit, :-1], weights[unit, -1] = model.coef_, model.intercept_
        seconds = time.process_time() - began
        weights.tofile(folder + "/weights.f64")
        return {"seconds": seconds}
    upper = np.triu_indices(asked["conditions"], 1)
    repeats = asked["repeats"]
    if task == "wuc":
        one, other = read("one.f64", -1), read("other.f64", -1)
        seconds, value = timed(lambda: wuc(one, other, asked["conditions"], upper), repeats)
        return {"seconds": seconds, "values": [float(value)]}
    folds, noise = read("folds.f64", asked["folds"], asked["conditions"], asked["channels"]), read("noise.f64", asked["channels"], asked["channels"])
    precision = np.linalg.inv(noise)
    seconds, values = timed(lambda: crossnobis(folds, np.linalg.inv(noise), upper), repeats)
    return {"seconds": seconds, "values": values.tolist(),
            "known_seconds": timed(lambda: crossnobis(folds, precision, upper), repeats)[0],
            "solved_seconds": timed(lambda: crossnobis_solved(folds, noise, upper), repeats)[0]}


print(json.dumps({"numpy": np.__version__, "sklearn": sklearn.__version__}), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
