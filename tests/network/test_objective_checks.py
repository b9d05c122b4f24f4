"""Loss, optimizer and training settings that do not suit each other are reported at their path, with a fix that helps."""

from typing import Any

import pytest

from playground.catalog.datasets import Circle, Digits8, Plane, Rearranging, ThreeBlobs
from playground.catalog.layers import LSTM, Dense, Embedding, Flatten, Output, ReLU, Sigmoid, Softmax
from playground.catalog.losses import LOSSES, MSE, Cosine, CrossEntropy, Focal, Hinge, WeightedCrossEntropy
from playground.catalog.optimizers import LBFGS, OPTIMIZERS, Adadelta, Adam
from playground.network import trace
from playground.parsing import parse_spec
from playground.spec import ExperimentSpec, TrainingSettings


def blobs(*layers: Any, **fields: Any) -> ExperimentSpec:
    return ExperimentSpec(
        **{"data": ThreeBlobs(), "network": layers or (Dense(units=4), ReLU(), Output()), "loss": CrossEntropy(), **fields}
    )


CASES: list[tuple[ExperimentSpec, str, str, str, str]] = [
    (blobs(loss=WeightedCrossEntropy(weights=(1, 2))), "loss", "error", "has 3 classes, but there are 2 class weights", "balanced weights"),
    (blobs(data=Plane(), loss=Cosine()), "loss", "warning", "the only direction of a single number is its sign", "Huber"),
    (blobs(loss=Focal(alpha=0.25)), "loss", "note", "with 3 classes it has no effect", "Remove alpha"),
    (blobs(Dense(units=4), ReLU(), Output(), Softmax(), loss=Hinge()), "network[3]", "warning", "to win by a margin", "Remove"),
    (blobs(Dense(units=4), ReLU(), Output(), Sigmoid(), data=Circle(), loss=Hinge()), "network[3]", "warning", "after sigmoid", "Remove"),
    (blobs(optimizer=LBFGS()), "optimizer", "note", "with batches of 32", "batches of 1,024"),
    (blobs(optimizer=Adadelta(lr=0.001)), "optimizer", "note", "hardly moves", "learning rate 1"),
    (blobs(data=Plane(imbalance=5), loss=MSE()), "data", "note", "Imbalance has no effect", "Remove imbalance"),
    (blobs(Embedding(width=4), LSTM(returns="all"), Output(), data=Rearranging(imbalance=5)), "data", "note", "no effect", "imbalance"),
    (blobs(training=TrainingSettings(precision="mixed", device="cpu")), "training.precision", "error", "“cpu”", "float32"),
    (
        blobs(optimizer=LBFGS(), training=TrainingSettings(precision="mixed", batch_size=512)),
        "training.precision",
        "error",
        "several times",
        "float32",
    ),
]


@pytest.mark.parametrize(("spec", "path", "severity", "words", "fix"), CASES, ids=lambda part: part if isinstance(part, str) else "")
def test_a_mismatch_is_reported_once_and_its_fix_helps(spec: ExperimentSpec, path: str, severity: str, words: str, fix: str) -> None:
    (problem,) = trace(spec).problems
    assert (problem.path, problem.severity) == (path, severity)
    assert words in problem.message
    assert problem.fix is not None
    assert fix in problem.fix.title
    assert parse_spec(problem.fix.spec.to_json()) == problem.fix.spec
    assert trace(problem.fix.spec).problems == ()


def test_class_weights_without_classes_are_an_error() -> None:
    (error,) = [
        problem for problem in trace(blobs(data=Plane(), loss=WeightedCrossEntropy(weights=(1, 2)))).problems if problem.severity == "error"
    ]
    assert "has no classes, but there are 2 class weights" in error.message
    assert error.fix is not None
    assert trace(error.fix.spec).ok


@pytest.mark.parametrize(
    "spec",
    [
        blobs(loss=WeightedCrossEntropy(weights=(1, 2, 3))),
        blobs(loss=WeightedCrossEntropy()),
        blobs(data=Circle(), loss=Focal(alpha=0.25)),
        blobs(loss=Cosine()),
        blobs(optimizer=LBFGS(), training=TrainingSettings(batch_size=256)),
        blobs(optimizer=Adam(lr=1e-6)),
        blobs(training=TrainingSettings(precision="mixed")),  # whether there is a GPU is a question for the run
    ],
)
def test_settings_that_suit_each_other_have_no_problems(spec: ExperimentSpec) -> None:
    assert trace(spec).problems == ()


@pytest.mark.parametrize("loss", LOSSES, ids=lambda kind: kind.name())
@pytest.mark.parametrize("data", [Circle(), ThreeBlobs(), Digits8(), Plane()], ids=lambda data: data.kind)
def test_every_loss_with_every_task_can_be_traced(loss: Any, data: Any) -> None:
    layers = (*([Flatten()] if len(data.shape) > 1 else []), Dense(units=4), ReLU(), Output())
    traced = trace(blobs(*layers, data=data, loss=loss()))
    task = data.task.kind
    assert traced.ok == (task not in loss.refused)
    assert all(problem.path == "loss" for problem in traced.problems)
    alone = loss().accepts(data)[0] == 1 and (loss().activation == "softmax" or loss is Cosine)
    assert bool(traced.problems) == (task in loss.refused or bool(loss.elsewhere.get(task)) or alone)


@pytest.mark.parametrize("kind", OPTIMIZERS, ids=lambda kind: kind.name())
def test_no_optimizer_has_problems_with_its_default_settings(kind: Any) -> None:
    assert trace(blobs(optimizer=kind(), training=TrainingSettings(batch_size=512))).problems == ()
