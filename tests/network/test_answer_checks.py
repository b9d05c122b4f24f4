"""Layers on tensors that they cannot take, and networks that end with another kind of answer than the task needs, each with a fix."""

import pytest

from playground.catalog.datasets import Circle, Digits8, Iris
from playground.catalog.datasets.puzzles import Brackets
from playground.catalog.layers import (
    LSTM,
    Conv1d,
    Dense,
    Embedding,
    Flatten,
    GroupNorm,
    Layer,
    LayerNorm,
    MaxPool1d,
    Output,
    ReLU,
    Residual,
    SequencePool,
    ToSequence,
)
from playground.catalog.losses import BCE, CrossEntropy
from playground.network import Problem, trace
from playground.spec import ExperimentSpec
from tests.tensors import tensor_of

DIGITS, POINTS, SYMBOLS = Digits8(), Circle(), Brackets()


def spec(data: Digits8 | Circle | Brackets | Iris, *layers: Layer) -> ExperimentSpec:
    start = ExperimentSpec(data=Iris(), network=layers, loss=CrossEntropy() if isinstance(data, Digits8 | Iris) else BCE())
    return start.model_copy(update={"data": data})


def first_error(experiment: ExperimentSpec) -> Problem:
    return next(problem for problem in trace(experiment).problems if problem.severity == "error")


@pytest.mark.parametrize(
    ("experiment", "path", "words", "fix", "repaired"),
    [
        (
            spec(POINTS, Conv1d(), Flatten(), Output()), "network[0]",
            "needs a sequence (steps × features), but gets a vector of 2 numbers",
            "Convert it to a sequence first", (ToSequence(), Conv1d(), Flatten(), Output()),
        ),
        (
            spec(DIGITS, ToSequence(), Conv1d(), Output()), "network[2]",
            "outputs a sequence of 64 steps × 10 features, but Tiny digits (8×8) needs one answer per example",
            "Insert a flatten layer before the output", (ToSequence(), Conv1d(), Flatten(), Output()),
        ),
        (
            spec(DIGITS, ToSequence(), Dense(units=8)), "network[1]", "needs one answer per example",
            "Insert a flatten layer before the output", (ToSequence(), Dense(units=8), Flatten(), Output()),
        ),
        (
            spec(SYMBOLS, Dense(), Output()), "network[0]", "Dense needs numbers, but gets 20 symbols from a vocabulary of 5",
            "Insert an embedding before it", (Embedding(), Dense(), Output()),
        ),
        (
            spec(POINTS, Embedding(), Output()), "network[0]", "Embedding needs symbols, but gets a vector of 2 numbers",
            "Remove the embedding layer", (Output(),),
        ),
        (
            spec(SYMBOLS, Embedding(), Flatten(), Output()), "network[1]", "Flatten needs sequences of one length",
            "Pool over the steps instead", (Embedding(), SequencePool(), Output()),
        ),
        (
            spec(SYMBOLS, Embedding(), GroupNorm(), SequencePool(), Output()), "network[1]",
            "Group normalization needs sequences of one length", "Remove the group normalization layer",
            (Embedding(), SequencePool(), Output()),
        ),
        (
            spec(SYMBOLS, Embedding(), LayerNorm(over="all"), SequencePool(), Output()), "network[1]", "needs sequences of one length",
            "Normalize each step by itself", (Embedding(), LayerNorm(), SequencePool(), Output()),
        ),
        (
            spec(SYMBOLS, Embedding(), Conv1d(padding="valid"), SequencePool(), Output()), "network[1]", "shorter than the filter",
            "Pad with zeros (“same”)", (Embedding(), Conv1d(), SequencePool(), Output()),
        ),
        (
            spec(SYMBOLS, Embedding(), Output()), "network[1]", "needs one answer per example",
            "Insert a sequence pooling layer before the output", (Embedding(), SequencePool(), Output()),
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_and_its_fix_can_be_trained(
    experiment: ExperimentSpec, path: str, words: str, fix: str, repaired: tuple[Layer, ...]
) -> None:
    problem = first_error(experiment)
    assert problem.path == path
    assert words in problem.message
    assert problem.fix is not None
    assert problem.fix.spec.network == repaired
    assert problem.fix.title == fix
    if "embedding" not in fix:
        assert trace(problem.fix.spec).ok, trace(problem.fix.spec).problems


def test_the_number_of_steps_is_known_after_every_layer() -> None:
    layers = (
        ToSequence(),
        Conv1d(filters=4, stride=2),
        Residual(layers=(Conv1d(filters=8),)),
        ReLU(),
        MaxPool1d(),
        LSTM(units=6),
        Output(),
    )
    found = [row.tensor_out for row in trace(spec(DIGITS, *layers)).rows]
    assert found == [tensor_of(*sizes) for sizes in ((64, 1), (32, 4), (32, 8), (32, 8), (16, 8), (6,), (10,))]


@pytest.mark.parametrize("data", [DIGITS, POINTS, SYMBOLS])
def test_an_empty_network_begins_with_what_its_data_needs(data: Digits8 | Circle | Brackets) -> None:
    fix = first_error(spec(data)).fix
    assert fix is not None
    assert trace(fix.spec).ok, trace(fix.spec).problems
