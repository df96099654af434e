"""Reads MATLAB files of either kind into plain Python: structs are dicts, cells lists, texts str, numbers arrays of 2 axes."""

import numpy as np


def read_mat(path):
    """The variables of a MAT file, version 5 (SciPy) or 7.3 (h5py)."""
    with open(path, "rb") as file:
        start = file.read(128)
    if start[:8] == b"\x89HDF\r\n\x1a\n" or b"MATLAB 7.3" in start:
        return read_v73(path)
    try:
        from scipy.io import loadmat
    except ImportError:
        raise SystemExit(f"{path}: reading MATLAB files needs SciPy: apt-get install python3-scipy")
    try:
        return {name: plain(value) for name, value in loadmat(str(path)).items() if not name.startswith("__")}
    except Exception as error:
        raise SystemExit(f"{path} cannot be read as a MATLAB file: {error}")


def plain(value):
    if not isinstance(value, np.ndarray):
        return value
    if value.dtype.names:
        entries = [{name: plain(entry[name]) for name in value.dtype.names} for entry in value.ravel(order="F")]
        return entries[0] if len(entries) == 1 else entries
    if value.dtype == object:
        return [plain(entry) for entry in value.ravel(order="F")]
    if value.dtype.kind in "US":
        return str(value.ravel()[0]) if value.size == 1 else "" if value.size == 0 else [str(text).rstrip() for text in value.ravel()]
    return value


def read_v73(path):
    try:
        import h5py
    except ImportError:
        raise SystemExit(f"{path}: reading MATLAB 7.3 files needs h5py: apt-get install python3-h5py")

    def decode(node, file):
        kind = node.attrs.get("MATLAB_class", b"").decode()
        if isinstance(node, h5py.Group):
            fields = {name: decode(child, file) for name, child in node.items()}
            # An array of structs keeps a list of references in each field.
            counts = {len(child) for name, child in fields.items() if isinstance(node[name], h5py.Dataset) and "MATLAB_class" not in node[name].attrs}
            return [{name: child[i] for name, child in fields.items()} for i in range(counts.pop())] if len(counts) == 1 else fields
        if node.dtype == h5py.ref_dtype:
            # NB: the file has rows and columns exchanged; its own order is MATLAB's column by column.
            return [decode(file[reference], file) for reference in node[()].ravel()]
        value = node[()]
        if node.attrs.get("MATLAB_empty"):
            return "" if kind == "char" else [] if kind == "cell" else np.zeros((0, 0))
        if kind == "char":
            return "".join(chr(code) for code in np.asarray(value).T.ravel())
        return np.asarray(value).T

    try:
        with h5py.File(path, "r") as file:
            return {name: decode(node, file) for name, node in file.items() if not name.startswith("#")}
    except OSError as error:
        raise SystemExit(f"{path} cannot be read as a MATLAB 7.3 file: {error}")
