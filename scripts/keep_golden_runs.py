"""Trains small networks and saves what came out, for the tests of all later versions: `python -m scripts.keep_golden_runs DIRECTORY`.

For every run a JSON file with its spec, its losses and its outputs for the first test examples, and a file with its weights. Numbers are
written in full. With a directory that exists, such as `tests/golden/v1`, its runs are trained again and compared bit for bit, which makes
sense only on the machine and with the PyTorch that wrote them. v1 was written before sequences became steps × features."""

import io
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from playground.network import build_model
from playground.own import ImageChoices, guess, keep, prepare_images, prepare_table, read_table
from playground.parsing import parse_spec
from playground.settings import settings
from playground.spec import ExperimentSpec
from playground.training import Progress, Snapshot, train

Plain = dict[str, Any]
DIGITS = {"kind": "mnist_sample", "train_size": 160}
OUTPUTS = 8
"""Test examples whose outputs are saved."""


def layer(kind: str, **settings: Any) -> Plain:
    return {"kind": kind, **settings}


def experiment(data: Plain, *network: Plain, loss: str = "cross_entropy", epochs: int = 2) -> Plain:
    training = {"epochs": epochs, "batch_size": 32, "seed": 3, "threads": 1, "device": "cpu"}
    return {"data": data, "network": list(network), "loss": {"kind": loss}, "training": training}


def experiments() -> dict[str, Plain]:
    """Experiments by name, as plain data of this version of the spec."""
    relu, flatten, output = layer("relu"), layer("flatten"), layer("output")
    return {
        "convolutions over pixels": experiment(
            DIGITS, layer("to_sequence"), layer("conv1d", filters=4, kernel=5, stride=4), relu, layer("max_pool1d", size=2),
            layer("conv1d", filters=6, padding="valid"), layer("dropout", rate=0.3), flatten, layer("dense", units=16), relu, output,
        ),
        "norms over columns": experiment(
            DIGITS, layer("to_sequence", steps="columns"), layer("layer_norm"), layer("conv1d", filters=8), layer("batch_norm"), relu,
            layer("group_norm", groups=2), layer("gaussian_noise"), layer("upsample", factor=2),
            layer("conv1d", filters=4, stride=2), layer("dropout"), flatten, output,
        ),
        "blocks over columns": experiment(
            DIGITS, layer("to_sequence", steps="columns"),
            layer("residual", layers=[layer("conv1d", filters=8, stride=2), layer("batch_norm"), relu]),
            layer("parallel", branch=[[layer("conv1d", filters=4)], [layer("conv1d", filters=4, kernel=5), relu], []]),
            layer("residual", layers=[layer("layer_norm"), layer("conv1d", filters=16)]), layer("reshape", channels=4),
            layer("conv2d", filters=4), layer("global_avg_pool2d"), output,
        ),
        "a vector as a sequence": experiment(
            {"kind": "wine"}, layer("to_sequence"), layer("conv1d", filters=6), layer("batch_norm"), layer("tanh"),
            layer("reshape", channels=6), layer("conv2d", filters=3), flatten, layer("layer_norm"), output,
        ),
        "blocks over images": experiment(
            DIGITS, layer("conv2d", filters=6, stride=2), layer("batch_norm"), relu,
            layer("residual", layers=[layer("conv2d", filters=12, stride=2), layer("layer_norm"), relu]),
            layer("parallel", branch=[[layer("max_pool2d")], [layer("avg_pool2d"), layer("group_norm", groups=3)]]),
            layer("dropout2d"), flatten, layer("dropout"), output,
        ),
        "dense layers": experiment({"kind": "spiral"}, layer("dense", units=8), layer("tanh"), layer("layer_norm"), output, loss="bce"),
        "an autoencoder": experiment(
            {"kind": "noisy_digits", "train_size": 160}, flatten, layer("dense", units=8), relu, layer("dense", units=98), relu,
            layer("reshape", channels=2), layer("conv_transpose2d", filters=4), relu, layer("conv_transpose2d", filters=1), flatten,
            loss="mse", epochs=1,
        ),
        "a curve": experiment({"kind": "curve"}, layer("dense", units=16), layer("sigmoid"), output, loss="mse"),
        "an uploaded table": experiment(
            plain(prepared_table()), layer("dense", units=8), relu, layer("batch_norm"), layer("dropout"), output,
        ),
        "uploaded images": experiment(
            plain(prepared_images()), layer("conv2d", filters=4), relu, layer("max_pool2d"), flatten, output,
        ),
    }  # fmt: skip


def table() -> bytes:
    """A CSV file with numbers, a category, missing cells and three classes."""
    rng = np.random.default_rng(5)
    lines = ["length,width,color,kind"]
    for row in range(90):
        length = "" if row % 17 == 0 else f"{rng.normal(row % 3, 0.5):.3f}"
        lines.append(f"{length},{rng.normal(2 - row % 3, 0.5):.3f},{['red', 'green', 'blue'][rng.integers(3)]},{'abc'[row % 3]}")
    return "\n".join(lines).encode()


def prepared_table() -> Any:
    """The dataset of that file."""
    draft = read_table(table())
    return keep(prepare_table(draft, guess(draft)))


def prepared_images() -> Any:
    """A dataset of color images in two classes."""
    rng = np.random.default_rng(6)
    files = []
    for kind, low in (("dark", 0), ("light", 130)):
        for number in range(20):
            file = io.BytesIO()
            Image.fromarray(rng.integers(low, low + 120, (20, 24, 3), dtype=np.uint8)).save(file, "PNG")
            files.append((f"{kind}_{number}.png", file.getvalue()))
    return keep(prepare_images(files, ImageChoices(side=28)))


def plain(dataset: Any) -> Plain:
    """A dataset as part of a spec's JSON."""
    fields: Plain = dataset.model_dump(mode="json")
    return fields


def losses_of(spec: ExperimentSpec) -> tuple[list[float], dict[str, torch.Tensor]]:
    """The loss of every step, and the weights at the end."""
    losses: list[float] = []
    tensors: dict[str, torch.Tensor] = {}
    for event in train(spec):
        if isinstance(event, Progress):
            losses += event.losses
        elif isinstance(event, Snapshot):
            tensors = event.tensors
    return losses, tensors


def outputs_of(spec: ExperimentSpec, tensors: dict[str, torch.Tensor]) -> torch.Tensor:
    """Raw outputs for the first test examples: (OUTPUTS, K)."""
    model = build_model(spec)
    model.load_state_dict(tensors)
    with torch.inference_mode():
        outputs: torch.Tensor = model.eval()(spec.data.encode(spec.data.load().test.inputs[:OUTPUTS]))
    return outputs


def main(directory: Path) -> None:
    """Writes all runs into a new directory."""
    directory.mkdir(parents=True)
    for name, parts in experiments().items():
        spec = parse_spec(parts)
        losses, tensors = losses_of(spec)
        run = {"spec": json.loads(spec.to_json()), "losses": losses, "outputs": outputs_of(spec, tensors).tolist()}
        path = directory / name.replace(" ", "_")
        path.with_suffix(".json").write_text(json.dumps(run) + "\n")
        save_file(tensors, path.with_suffix(".safetensors"))
    shutil.copytree(settings().data / "uploads", directory / "uploads")


def compare(directory: Path) -> bool:
    """Trains the runs of a directory again and prints for each whether losses, weights and outputs are the same, bit for bit."""
    shutil.copytree(directory / "uploads", settings().data / "uploads")
    same = True
    for path in sorted(directory.glob("*.json")):
        kept, weights = json.loads(path.read_text()), load_file(path.with_suffix(".safetensors"))
        spec = parse_spec(kept["spec"])
        losses, tensors = losses_of(spec)
        equal = {
            "losses": losses == kept["losses"],
            "weights": tensors.keys() == weights.keys() and all(torch.equal(tensors[name], weights[name]) for name in weights),
            "outputs": outputs_of(spec, weights).tolist() == kept["outputs"],
        }
        print(f"{path.stem}: " + ", ".join(f"{what} {'equal' if is_equal else 'DIFFER'}" for what, is_equal in equal.items()))
        same &= all(equal.values())
    return same


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as data:
        os.environ["PLAYGROUND_DATA"] = data
        target = Path(sys.argv[1])
        if target.exists():
            sys.exit(not compare(target))
        main(target)
