"""What every way to read outputs keeps to."""

import pytest
import torch
from torch import Tensor

from playground.catalog.losses import LOSSES
from playground.catalog.readouts import READOUTS, Readout, readout_of
from playground.catalog.tasks import TASKS

N = 9
VALUES = ("values", "sigmoid_values", "softmax_values")


def outputs_of(kind: type[Readout]) -> tuple[int, ...]:
    """Numbers of outputs that it can have."""
    if kind.name() in VALUES:
        return (1, 3)
    return (1,) if kind.name().startswith(("binary", "constant")) else (2, 3, 10)


CASES = [pytest.param(kind(outputs=count), id=f"{kind.name()}-{count}") for kind in READOUTS for count in outputs_of(kind)]
OF_CLASSES = [case for case in CASES if case.values[0].kind not in VALUES]
OF_VALUES = [case for case in CASES if case.values[0].kind in VALUES]


def classes_of(readout: Readout) -> Tensor:
    return torch.arange(N) % max(readout.outputs, 2)


def raw_of(readout: Readout) -> Tensor:
    return 3 * torch.randn(N, readout.outputs, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize("readout", OF_CLASSES)
def test_classes_are_encoded_as_indices_or_as_one_number_per_output(readout: Readout) -> None:
    classes = classes_of(readout)
    encoded = readout.encode(classes)
    if not readout.one_hot:
        assert encoded.dtype == torch.int64
        assert torch.equal(encoded, classes)
        return
    assert encoded.dtype == torch.float32
    expected = classes[:, None] if readout.outputs == 1 else torch.eye(readout.outputs)[classes]
    assert torch.equal(encoded, expected.float())


@pytest.mark.parametrize("readout", OF_CLASSES)
def test_shares_of_classes_sum_to_one_and_follow_the_prediction(readout: Readout) -> None:
    shares = readout.probabilities(raw_of(readout))
    assert shares.shape == (N, max(2, readout.outputs))
    assert (shares >= 0).all()
    torch.testing.assert_close(shares.sum(dim=1), torch.ones(N))
    predicted = readout.predicted(raw_of(readout))
    assert predicted.dtype == torch.int64
    top = shares.gather(1, predicted[:, None]).squeeze(1)
    torch.testing.assert_close(top, shares.amax(dim=1))  # of equal shares either may be the prediction


@pytest.mark.parametrize("readout", OF_CLASSES)
def test_what_is_correct_is_what_is_predicted(readout: Readout) -> None:
    classes, raw = classes_of(readout), raw_of(readout)
    correct = readout.correct(raw, readout.encode(classes))
    assert correct is not None
    assert correct.dtype == torch.bool
    assert torch.equal(correct, readout.predicted(raw) == classes)


@pytest.mark.parametrize("readout", OF_CLASSES)
def test_extreme_outputs_still_give_shares(readout: Readout) -> None:
    for raw in (torch.zeros(2, readout.outputs), torch.full((2, readout.outputs), -1e30), torch.full((2, readout.outputs), 1e30)):
        shares = readout.probabilities(raw)
        assert torch.isfinite(shares).all()
        torch.testing.assert_close(shares.sum(dim=1), torch.ones(2))


@pytest.mark.parametrize("readout", OF_VALUES)
def test_values_keep_their_number_and_are_neither_correct_nor_incorrect(readout: Readout) -> None:
    targets = torch.arange(float(N * readout.outputs)).reshape(N, readout.outputs)
    flat = targets[:, 0] if readout.outputs == 1 else targets
    assert torch.equal(readout.encode(flat), targets)
    raw = raw_of(readout)
    assert readout.predicted(raw).shape == raw.shape
    assert torch.equal(readout.predicted(raw), readout.probabilities(raw))
    assert readout.correct(raw, targets) is None


def test_every_readout_is_the_one_of_a_task_and_a_loss() -> None:
    used = {readout_of(task(), loss(), outputs).kind for task in TASKS for loss in LOSSES for outputs in (1, 10)}
    assert used == set(READOUTS.kinds())
