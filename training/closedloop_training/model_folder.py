"""Writes model folders as the program reads them: networks, stored samples and the manifest (docs/models.md)."""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import torch

OPSET = 16
TYPES = {torch.float32: "float32", torch.uint8: "uint8", torch.int64: "int64", torch.float16: "float16"}


class ModelFolder:
    """A folder in the making. Add its networks, then write the manifest."""

    def __init__(self, path):
        self.path, self.networks = Path(path), []
        (self.path / "samples").mkdir(parents=True, exist_ok=True)
        for stale in (self.path / "samples").glob("*.bin"):
            stale.unlink()

    def add(self, file, network, inputs, outputs, sample, tolerance=1e-3):
        """Exports a network and runs it once for its stored sample.

        inputs, outputs: {name: (axes, unit, meaning)}, where an axis is a size, or a name for one that may vary.
        sample: the values of the inputs, in order.
        """
        network = network.eval()
        with torch.no_grad():
            results = network(*sample)
        results = results if isinstance(results, tuple) else (results,)
        varying = {name: {i: axis for i, axis in enumerate(axes) if isinstance(axis, str)}
                   for name, (axes, _, _) in list(inputs.items()) + list(outputs.items())}
        target = self.path / file
        torch.onnx.export(network, tuple(sample), str(target), opset_version=OPSET, input_names=list(inputs), output_names=list(outputs),
                          dynamic_axes={name: axes for name, axes in varying.items() if axes}, do_constant_folding=True)
        onnx.checker.check_model(str(target))
        stem = target.stem
        self.networks.append({
            "file": file,
            "sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
            "inputs": [tensor(name, value, *facts) for (name, facts), value in zip(inputs.items(), sample)],
            "outputs": [tensor(name, value, *facts) for (name, facts), value in zip(outputs.items(), results)],
            "samples": [{
                "tolerance": tolerance,
                "inputs": [self._keep(stem, name, value) for name, value in zip(inputs, sample)],
                "outputs": [self._keep(stem, name, value) for name, value in zip(outputs, results)],
            }],
        })

    def _keep(self, stem, name, value):
        file = f"samples/{stem}-{name}.bin"
        array = np.ascontiguousarray(value.detach().cpu().numpy())
        array.astype(array.dtype.newbyteorder("<")).tofile(self.path / file)
        return {"name": name, "file": file, "shape": list(value.shape)}

    def write(self, kind, version, description, licence, trained_with, held_out, keypoints, preprocessing, body_sha256=None):
        """Writes manifest.yaml. JSON is YAML: strings are written quoted, so that no name is taken for a number."""
        lines = [f"kind: {kind}", f"version: {json.dumps(version)}", f"description: {json.dumps(description)}", f"licence: {json.dumps(licence)}",
                 f"trained_with: {json.dumps(trained_with)}"]
        if held_out:
            lines += ["held_out:"] + [f"  {key}: {value}" for key, value in held_out.items()]
        if body_sha256:
            lines += [f"body_sha256: {body_sha256}"]
        lines += [f"keypoints: {json.dumps(list(keypoints))}", "preprocessing:"] + [f"  {key}: {value}" for key, value in preprocessing.items()]
        lines += ["networks:"]
        for network in self.networks:
            lines += [f"  - file: {network['file']}", f"    sha256: {network['sha256']}"]
            for side in ("inputs", "outputs"):
                lines += [f"    {side}:"] + [f"      - {json.dumps(entry)}" for entry in network[side]]
            lines += ["    samples:"]
            for sample in network["samples"]:
                lines += [f"      - tolerance: {sample['tolerance']}"]
                for side in ("inputs", "outputs"):
                    lines += [f"        {side}:"] + [f"          - {json.dumps(entry)}" for entry in sample[side]]
        (self.path / "manifest.yaml").write_text("\n".join(lines) + "\n")


def tensor(name, value, axes, unit, meaning):
    return {"name": name, "type": TYPES[value.dtype], "shape": list(axes), "unit": unit, "meaning": meaning}
