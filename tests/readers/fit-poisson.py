"""Fits scikit-learn's PoissonRegressor and prints what it finds as JSON: FOLDER holds x.csv and y.csv (rows are bins),
ALPHA is the strength, TRAIN the number of bins that are fitted; the rest is scored. Features are standardised by the
bins that are fitted. With a fourth argument the fits are repeated at scikit-learn's own tolerance and timed."""
import json
import sys
import time

import numpy as np
from scipy.special import gammaln
from sklearn.linear_model import PoissonRegressor

folder, alpha, train = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
x = np.loadtxt(folder + "/x.csv", delimiter=",", ndmin=2)
y = np.loadtxt(folder + "/y.csv", delimiter=",", ndmin=2)
mean, scale = x[:train].mean(axis=0), x[:train].std(axis=0)
z = np.ascontiguousarray((x - mean) / scale)


def log_likelihood(counts, expected):
    return float(np.sum(counts * np.log(expected) - expected - gammaln(counts + 1)))


units = []
for unit in range(y.shape[1]):
    counts = y[:, unit]
    model = PoissonRegressor(alpha=alpha, tol=1e-10, max_iter=5000).fit(z[:train], counts[:train])
    test = counts[train:]
    nats = log_likelihood(test, model.predict(z[train:])) - log_likelihood(test, np.full(len(test), counts[:train].mean()))
    weights = model.coef_ / scale
    units.append({"weights": weights.tolist(), "intercept": float(model.intercept_ - weights @ mean),
                  "bits": nats / np.log(2) / test.sum(), "d2": float(model.score(z[:train], counts[:train]))})

seconds = processor_seconds = None
if len(sys.argv) > 4:
    begin, processor_begin = time.perf_counter(), time.process_time()
    for unit in range(y.shape[1]):
        PoissonRegressor(alpha=alpha, max_iter=1000).fit(z[:train], y[:train, unit])
    seconds, processor_seconds = time.perf_counter() - begin, time.process_time() - processor_begin
json.dump({"units": units, "seconds": seconds, "processor_seconds": processor_seconds}, sys.stdout)
