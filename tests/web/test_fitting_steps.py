"""Switching between sequences with one answer and with an answer at every step leaves a network that can be trained."""

import itertools

import pytest

from playground.catalog.datasets import Brackets, Dataset, JapaneseVowels, Parity, PythonDocs, Rearranging, Sentences, Waves
from playground.catalog.layers import LSTM, Dense, Embedding, Output, ReLU
from playground.network import trace
from playground.presets import PRESETS
from playground.spec import ExperimentSpec
from playground.web.edits.data import replace_dataset

KINDS = (Brackets, JapaneseVowels, Parity, PythonDocs, Rearranging, Sentences, Waves)


def switched(spec: ExperimentSpec, *kinds: type[Dataset]) -> ExperimentSpec:
    for kind in kinds:
        spec = replace_dataset(spec, kind.name()).spec
    return spec


@pytest.mark.parametrize(("first", "second"), list(itertools.permutations(KINDS, 2)), ids=lambda kind: kind.name())
def test_a_network_for_one_dataset_becomes_one_for_another(first: type[Dataset], second: type[Dataset]) -> None:
    spec = switched(PRESETS["small_cnn"].spec, first, second)
    assert trace(spec).ok, trace(spec).problems


def test_a_recurrent_layer_returns_every_step_where_each_has_an_answer() -> None:
    spec = switched(PRESETS["small_cnn"].spec, Sentences)
    spec = spec.model_copy(update={"network": (Embedding(), LSTM(units=8), ReLU(), Dense(units=4), Output())})
    assert switched(spec, PythonDocs).network == (Embedding(), LSTM(units=8, returns="all"), ReLU(), Dense(units=4), Output())
