"""docs/losses.md: current, and each of its combinations really does what it says."""

import pytest
import torch

from playground.catalog.layers import Dense
from playground.catalog.losses import LOSSES, Loss
from playground.network import build_model, readout, trace
from playground.spec import SpecError, TrainingSettings
from playground.training import Diverged, Finished, train
from scripts.loss_table import EXAMPLES, PAGE, experiment, page, warnings

RUNS = [
    pytest.param(dataset, kind(), outputs, id=f"{kind.name()}-{dataset.kind}-{outputs}")
    for kind in LOSSES
    for dataset in EXAMPLES
    if dataset.task.name() not in kind.refused
    for outputs in kind().accepts(dataset)
]
REFUSED = [
    pytest.param(dataset, kind(), id=f"{kind.name()}-{dataset.kind}")
    for kind in LOSSES
    for dataset in EXAMPLES
    if dataset.task.answer in kind.refused
]


def test_the_page_is_what_the_catalog_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m scripts.loss_table"


@pytest.mark.parametrize(("dataset", "loss", "outputs"), RUNS)
def test_each_combination_that_runs_is_trained_evaluated_and_read(dataset, loss: Loss, outputs: int) -> None:
    small = dataset.model_copy(update={"train_size": 60})
    spec = experiment(small, loss, outputs).model_copy(update={"training": TrainingSettings(epochs=2, device="cpu")})
    assert trace(spec).ok
    *_, last = train(spec)
    if isinstance(last, Diverged):
        assert warnings(dataset, loss, outputs)
        return
    assert isinstance(last, Finished)
    assert (last.test_accuracy is not None) == bool(dataset.classes)
    raw = build_model(spec)(small.encode(small.load().test.inputs[:8])).detach()
    shares = readout(spec).probabilities(raw)
    if dataset.classes:
        assert shares.shape == (8, len(dataset.classes))
        torch.testing.assert_close(shares.sum(dim=1), torch.ones(8))
    else:
        assert shares.shape == raw.shape == (8, outputs)


@pytest.mark.parametrize(("dataset", "loss"), REFUSED)
def test_each_refused_combination_cannot_be_computed(dataset, loss: Loss) -> None:
    """The trace says so, and PyTorch does: the module takes no values as targets."""
    with pytest.raises(SpecError, match="cannot be computed"):
        build_model(experiment(dataset, loss, dataset.target_size))
    with pytest.raises((RuntimeError, IndexError)):
        loss.build()(torch.randn(4, 3), torch.randn(4, 3))


@pytest.mark.parametrize("kind", LOSSES, ids=lambda kind: kind.name())
def test_another_number_of_outputs_is_refused(kind: type[Loss]) -> None:
    for dataset in EXAMPLES:
        spec = experiment(dataset, kind(), max(kind().accepts(dataset)) + 1)
        assert isinstance(spec.network[-1], Dense)
        assert not trace(spec).ok
