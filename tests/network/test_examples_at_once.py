"""Everything that computes many examples at once respects one memory limit, with the same results as without it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from playground import attribute, train
from playground.catalog.datasets import Circle, Shapes
from playground.catalog.layers import Conv2d, Dense, GlobalAvgPool2d, Output, Parallel, ReLU, Residual, Tanh
from playground.catalog.losses import BCE, CrossEntropy
from playground.explain import METHODS
from playground.export.results import measured
from playground.network import build_model, examples_at_once, forward_bytes, trace
from playground.runs.directory import RunDirectory, load_run
from playground.spec import ExperimentSpec, TrainingSettings
from playground.training import Control, Evaluated, View

LIMIT = 820_000
CONVOLUTION_BYTES = 4 * 16 * 16 * (3 + 64)
"""Bytes of the input and output of the convolution, for one example."""

WIDE_MAPS = ExperimentSpec(
    data=Shapes(samples=60, size=16),
    network=(Conv2d(filters=64, kernel=3, padding="same"), ReLU(), GlobalAvgPool2d(), Output()),
    loss=CrossEntropy(),
    training=TrainingSettings(batch_size=1, epochs=1),
)
"""Batches of one example, so that training itself needs little; twelve test images."""


@pytest.fixture
def batches() -> Iterator[list[int]]:
    """The sizes of all batches in any convolution or dense layer, including copies of a network."""
    sizes: list[int] = []

    def note(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        if isinstance(module, nn.Conv2d | nn.Linear):
            sizes.append(len(inputs[0]))

    handle = nn.modules.module.register_module_forward_pre_hook(note)
    yield sizes
    handle.remove()


def evaluated(folder: Path) -> list[Tensor]:
    last = [event for event in train(WIDE_MAPS) if isinstance(event, Evaluated)][-1]
    return [torch.tensor([last.test_loss, last.train_loss])]


def answered(folder: Path) -> list[Tensor]:
    run = load_run(folder)
    raw = run.spec.data.load().test.inputs
    return [run.probabilities_of(raw), run.probabilities(run.encode(raw))]


def results(folder: Path) -> list[Tensor]:
    run = load_run(folder)
    result = measured(run.spec, run.model.state_dict(), run.spec.data.load())
    return [torch.tensor([result.metrics["loss"], result.metrics["accuracy"]])]


def attributed(method: str) -> Callable[[Path], list[Tensor]]:
    def explain(folder: Path) -> list[Tensor]:
        run = load_run(folder)
        result = attribute(run.model, run.encode(run.spec.data.load().test.inputs[:5]), method)
        return [result.values, torch.tensor(result.outputs)]

    return explain


CALLERS = {"training": evaluated, "predictions": answered, "card": results} | {kind: attributed(kind) for kind in METHODS.kinds()}


@pytest.mark.parametrize("caller", CALLERS)
def test_every_caller_respects_the_limit(caller: str, batches: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = RunDirectory(tmp_path)
    directory.write_spec(WIDE_MAPS)
    directory.write_weights(build_model(WIDE_MAPS).state_dict())
    at_once = CALLERS[caller](tmp_path)
    largest = max(batches)
    batches.clear()
    monkeypatch.setenv("PLAYGROUND_MAX_BATCH_BYTES", str(LIMIT))
    in_parts = CALLERS[caller](tmp_path)
    assert 1 < max(batches) < largest
    assert max(batches) <= LIMIT // CONVOLUTION_BYTES
    for bounded, free in zip(in_parts, at_once, strict=True):
        torch.testing.assert_close(bounded, free, rtol=1e-4, atol=1e-6)


def test_the_boundary_is_computed_within_the_limit(batches: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    spec = ExperimentSpec(
        data=Circle(samples=60),
        network=(Dense(units=4096), Tanh(), Output()),
        loss=BCE(),
        training=TrainingSettings(batch_size=1, epochs=1),
    )

    def boundary() -> Tensor:
        control = Control()
        control.watched = True
        views = [event for event in train(spec, control=control) if isinstance(event, View) and event.name == "boundary"]
        return torch.tensor(views[-1].values)

    at_once = boundary()
    assert max(batches) > 1000
    monkeypatch.setenv("PLAYGROUND_MAX_BATCH_BYTES", "1000000")
    batches.clear()
    in_parts = boundary()
    assert max(batches) <= 1_000_000 // (4 * (4096 + 4096))  # what goes into the activation, and what comes out
    torch.testing.assert_close(in_parts, at_once, rtol=1e-4, atol=1e-6)


def test_the_limit_is_at_least_one_example_and_at_most_the_requested_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_MAX_BATCH_BYTES", "1000")
    assert [examples_at_once(size, 64) for size in (1, 100, 300, 1000, 5000)] == [64, 10, 3, 1, 1]


def test_a_block_holds_its_input_and_output_while_its_layers_run() -> None:
    """By hand, for examples of 3 × 16 × 16: the convolution in the branch has 3 maps in and 5 out, the block 3 in and 8 out."""
    side = 16 * 16
    inside = Parallel(branch=((Conv2d(filters=5, padding="same"),), ()))
    spec = WIDE_MAPS.model_copy(update={"data": Shapes(samples=60, size=16), "network": (inside, GlobalAvgPool2d(), Output())})
    assert forward_bytes(trace(spec)) == 4 * side * (3 + (3 + 5 + 5) + (3 + 8))
    plain = WIDE_MAPS.model_copy(
        update={"data": Shapes(samples=60, size=16), "network": (Conv2d(filters=5, padding="same"), GlobalAvgPool2d(), Output())}
    )
    assert forward_bytes(trace(plain)) == 4 * side * (3 + (3 + 5 + 5))
    nested = WIDE_MAPS.model_copy(
        update={"data": Shapes(samples=60, size=16), "network": (Residual(layers=(inside,)), GlobalAvgPool2d(), Output())}
    )
    assert forward_bytes(trace(nested)) == 4 * side * (3 + (3 + 5 + 5) + (3 + 8) + (3 + 8))
