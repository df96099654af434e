"""What a user of SciPy writes to find spikes in samples in memory: the yardstick of `closedloop bench --scipy`.

scipy_threshold.py FILE CHANNELS RATE_HZ MICROVOLTS_PER_COUNT ORDER LOW_HZ HIGH_HZ THRESHOLD

FILE holds int16, all channels of a sample side by side. For each line on standard input the whole of it is band-passed,
each channel's noise estimated by the median and the crossings of THRESHOLD times the noise below zero found; a line of
JSON says what of a core that took, and what the noise is. Where the line holds a noise for each channel, it also says how
many spikes there are by that noise in the second half of the samples.
"""
import json
import sys
import time

import numpy as np
import scipy
from scipy.signal import butter, sosfilt

path, channels = sys.argv[1], int(float(sys.argv[2]))
rate, microvolts, order, low, high, threshold = (float(text) for text in sys.argv[3:9])
counts = np.fromfile(path, "<i2").reshape(-1, channels)
# Single precision, and a channel's samples one after the other: as fast as SciPy does this.
sos = butter(int(order), [low, high], "bandpass", fs=rate, output="sos").astype(np.float32)

for line in sys.stdin:
    began = time.process_time()
    samples = counts.T.astype(np.float32, order="C")
    samples *= np.float32(microvolts)
    filtered = sosfilt(sos, samples, axis=1)
    noise = np.median(np.abs(filtered), axis=1) / 0.6745
    below = filtered < -threshold * noise[:, None]
    channel, sample = np.nonzero(below[:, 1:] & ~below[:, :-1])
    seconds = time.process_time() - began
    # A spike is the deepest sample of half a millisecond, and the next is no sooner than that after it.
    spikes, apart = 0, int(0.0005 * rate)
    for own, level in enumerate(map(float, line.split())):
        free = 0
        for at in np.flatnonzero(filtered[own] < -threshold * level):
            if at >= free:
                trough = at + int(np.argmin(filtered[own, at:at + apart]))
                free = trough + apart
                spikes += trough >= counts.shape[0] // 2
    print(json.dumps({"version": scipy.__version__, "seconds": seconds, "noise": noise.tolist(), "spikes": int(spikes)}), flush=True)
