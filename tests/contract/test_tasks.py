"""What every task keeps to."""

import pytest
import torch
from torch import Tensor

from playground.catalog.tasks import TASKS, Task

N = 7
VALUES = ("regression", "reconstruction")


def targets_of(task: Task, outputs: int) -> Tensor:
    """Targets as datasets have them: classes from 0, or a value an example."""
    return torch.randn(N, outputs) if task.name() in VALUES else torch.arange(N) % max(outputs, 2)


CASES = [
    pytest.param(kind, outputs, id=f"{kind.name()}-{outputs}")
    for kind in TASKS
    for outputs in {"multiclass": (2, 3, 10), "binary": (1, 2), "regression": (1, 3), "reconstruction": (4,)}[kind.name()]
]


@pytest.mark.parametrize(("kind", "outputs"), CASES)
def test_targets_have_the_form_that_the_loss_takes(kind: type[Task], outputs: int) -> None:
    encoded = kind().encode(targets_of(kind(), outputs), outputs)
    if kind.name() in VALUES:
        assert encoded.shape == (N, outputs)
        assert encoded.dtype == torch.float32
    elif outputs == 1:
        assert encoded.shape == (N, 1)
        assert encoded.dtype == torch.float32
    else:
        assert encoded.shape == (N,)
        assert encoded.dtype == torch.int64


@pytest.mark.parametrize(("kind", "outputs"), CASES)
def test_answers_read_from_outputs(kind: type[Task], outputs: int) -> None:
    task, raw = kind(), 5 * torch.randn(N, outputs)
    read = task.probabilities(raw)
    if kind.name() in VALUES:
        assert torch.equal(read, raw)
    else:
        assert read.shape == (N, max(2, outputs))
        assert (read >= 0).all()
        torch.testing.assert_close(read.sum(dim=1), torch.ones(N))


@pytest.mark.parametrize(("kind", "outputs"), CASES)
def test_right_is_where_the_likeliest_class_is_the_target(kind: type[Task], outputs: int) -> None:
    task, raw = kind(), torch.randn(N, outputs)
    targets = targets_of(task, outputs)
    right = task.correct(raw, task.encode(targets, outputs))
    if kind.name() in VALUES:
        assert right is None
    else:
        assert right is not None
        assert right.shape == (N,)
        assert right.dtype == torch.bool
        assert torch.equal(right, task.probabilities(raw).argmax(dim=1) == targets)
