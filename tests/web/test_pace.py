"""A run takes a sensible number of steps, however much data there is."""

import pytest

from playground.catalog.datasets import OwnTable
from playground.presets import PRESETS
from playground.web.edits import Adapted, paced
from playground.web.edits.pace import steps
from tests.own.examples import own_dataset

SPEC = PRESETS["mlp_784_256_10"].spec


def of(examples: int, monkeypatch: pytest.MonkeyPatch, epochs: int = 5, batch_size: int = 32) -> Adapted:
    monkeypatch.setattr(OwnTable, "targets", lambda self: (range(examples), range(2)))
    training = SPEC.training.model_copy(update={"epochs": epochs, "batch_size": batch_size})
    return paced(Adapted(SPEC.model_copy(update={"data": own_dataset("own_table"), "training": training}), ("before",)))


@pytest.mark.parametrize("examples", [1, 2, 7, 28, 100, 150, 999])
def test_few_examples_get_more_epochs_and_smaller_batches(monkeypatch: pytest.MonkeyPatch, examples: int) -> None:
    adapted = of(examples, monkeypatch)
    training = adapted.spec.training
    assert 300 <= steps(training, examples) <= 400
    assert training.epochs > 5
    assert training.batch_size == 32 if examples > 256 else 8 <= training.batch_size < 32
    assert adapted.notes[0] == "before"
    assert f"{training.epochs} epochs instead of 5" in adapted.notes[1]


def test_much_data_gets_fewer_epochs_and_larger_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    adapted = of(1_000_000, monkeypatch, epochs=20)
    assert (adapted.spec.training.batch_size, adapted.spec.training.epochs) == (64, 1)
    assert "1 epoch instead of 20 and batches of 64 instead of 32" in adapted.notes[1]
    assert "would take long" in adapted.notes[1]


@pytest.mark.parametrize(("examples", "epochs", "batch_size"), [(4_000, 5, 32), (300, 300, 256), (30, 60, 4), (200_000, 3, 32)])
def test_a_sensible_number_of_steps_stays(monkeypatch: pytest.MonkeyPatch, examples: int, epochs: int, batch_size: int) -> None:
    adapted = of(examples, monkeypatch, epochs, batch_size)
    assert (adapted.spec.training.epochs, adapted.spec.training.batch_size) == (epochs, batch_size)
    assert adapted.notes == ("before",)


def test_data_that_is_not_there_changes_nothing() -> None:
    spec = SPEC.model_copy(update={"data": own_dataset("own_table").model_copy(update={"key": "0" * 64})})
    assert paced(Adapted(spec)) == Adapted(spec)
