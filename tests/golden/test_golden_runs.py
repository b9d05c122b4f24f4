"""Runs of earlier versions: their weights give the same outputs, and the same training gives the same losses.

Bit-identical losses hold on one machine only: `python -m scripts.keep_golden_runs tests/golden/v1` compares them."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from playground.network import build_model
from playground.parsing import parse_spec
from playground.runs.directory import load_run
from playground.settings import settings
from playground.spec import ExperimentSpec
from scripts.keep_golden_runs import OUTPUTS, losses_of

VERSIONS = Path(__file__).parent
BATCH = 32
RUNS = {f"{path.parent.name} {path.stem}": path for path in sorted(VERSIONS.glob("v*/*.json"))}


@pytest.fixture(scope="module", autouse=True)
def uploads() -> None:
    """The uploaded data of these runs."""
    for folder in VERSIONS.glob("v*/uploads"):
        shutil.copytree(folder, settings().data / "uploads", dirs_exist_ok=True)


def kept(name: str) -> dict[str, Any]:
    run: dict[str, Any] = json.loads(RUNS[name].read_text())
    return run


@pytest.mark.parametrize("name", RUNS)
def test_weights_give_the_same_outputs(name: str, tmp_path: Path) -> None:
    """A failure means that runs and weights that people have kept would answer differently."""
    (tmp_path / "spec.json").write_text(json.dumps(kept(name)["spec"]))
    shutil.copy(RUNS[name].with_suffix(".safetensors"), tmp_path / "model.safetensors")
    run = load_run(tmp_path)
    with torch.inference_mode():
        outputs = run.model(run.spec.data.encode(run.spec.data.load().test.inputs[:OUTPUTS]))
    torch.testing.assert_close(outputs, torch.tensor(kept(name)["outputs"]), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", RUNS)
def test_training_gives_the_same_losses_and_network(name: str) -> None:
    """Within what another processor may round differently. Weights are compared by what the network computes with them: where a gradient is
    nothing but rounding, as that of a bias before a normalization, Adam scales it up to full steps."""
    spec = parse_spec(kept(name)["spec"])
    losses, tensors = losses_of(spec)
    assert losses == pytest.approx(kept(name)["losses"], rel=1e-4)
    expected = load_file(RUNS[name].with_suffix(".safetensors"))
    torch.testing.assert_close(training_outputs(spec, tensors), training_outputs(spec, expected), rtol=1e-3, atol=1e-3)


def training_outputs(spec: ExperimentSpec, tensors: dict[str, Tensor]) -> Tensor:
    """Of a batch of training examples, in training mode, in which normalizations use the batch's own statistics."""
    model = build_model(spec).train()
    model.load_state_dict(tensors)
    torch.manual_seed(0)  # for dropout and noise
    with torch.inference_mode():
        outputs: Tensor = model(spec.data.encode(spec.data.load().train.inputs[:BATCH]))
    return outputs
