"""The text that a script generates after training, compared with that of the app's own run."""

from pathlib import Path

import pytest

from playground.catalog.datasets import Dataset, PythonDocs, Rearranging
from playground.catalog.layers import LAYERS, Output
from playground.catalog.losses import CrossEntropy
from playground.export.script import to_script
from playground.network import build_model
from playground.runs.directory import LoadedRun
from playground.runs.generation import generate
from playground.spec import ExperimentSpec, TrainingSettings
from playground.training import Snapshot, train
from tests.export.running import assert_alone, of_script

LETTERS = Rearranging(answers="after", symbols=12, shortest=3, samples=300)


@pytest.mark.parametrize(
    ("data", "prompt", "seed", "temperature", "top_k"),
    [
        (PythonDocs(window=24, stride=512), "The naïve “import” of a module, longer than the context", 5, 0.7, 9),
        (LETTERS, "abc? =", 0, 1.0, None),
        (LETTERS, "", 1, 0.0, None),
    ],
)
def test_a_script_generates_the_text_of_the_app(
    data: Dataset, prompt: str, seed: int, temperature: float, top_k: int | None, tmp_path: Path
) -> None:
    network = (LAYERS["embedding"](width=8), LAYERS["transformer_block"](heads=2, causal=True), Output())
    spec = ExperimentSpec(data=data, network=network, loss=CrossEntropy(), training=TrainingSettings(epochs=1, device="cpu"))
    snapshots = [event for event in train(spec) if isinstance(event, Snapshot)]
    model = build_model(spec)
    model.load_state_dict(snapshots[-1].tensors)
    text = generate(LoadedRun(tmp_path, spec, model.eval(), 0), prompt, 80, temperature=temperature, top_k=top_k, seed=seed)
    code = to_script(spec)
    assert_alone(code)
    chosen = ["--prompt", prompt, "--length", "80", "--temperature", str(temperature), "--seed", str(seed)]
    printed = of_script(spec, tmp_path, code, [*chosen, *(["--top-k", str(top_k)] if top_k else [])]).printed
    assert text
    assert printed.endswith(text + "\n" + printed.splitlines()[-1] + "\n")
