"""Makes deeplabcut.h5.gz with pandas and PyTables, as DeepLabCut writes it: two body parts, five frames, one point missing.

    python3 tests/ClosedLoop.Tests/Recording/ImagePoints/samples/make_samples.py
"""

import gzip
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

columns = pd.MultiIndex.from_product([["DLC_resnet50_rat"], ["Snout", "EarL"], ["x", "y", "likelihood"]], names=["scorer", "bodyparts", "coords"])
values = np.arange(30.0).reshape(5, 6) + 0.25
values[:, [2, 5]] = 0.9
values[2, 3:5] = np.nan
table = pd.DataFrame(values, columns=columns, index=range(10, 15))
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "table.h5"
    table.to_hdf(path, "df_with_missing", format="table", mode="w")
    (Path(__file__).resolve().parent / "deeplabcut.h5.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
