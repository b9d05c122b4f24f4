"""Answers after each step, against the network applied to every prefix by itself."""

import pytest
import torch
from torch import nn

from playground.catalog.layers.network_modules import Network
from playground.catalog.layers.recurrent_modules import GRU, LSTM
from playground.catalog.layers.sequence_modules import SequencePool, SymbolTable
from playground.explain import ExplainError, outputs_of_prefixes
from playground.explain.prefixes import spread


@pytest.mark.parametrize("returns", ["last", "all"])
def test_a_padded_sentence_is_cut_after_each_word(returns: str) -> None:
    torch.manual_seed(0)
    model = Network(SymbolTable(9, 3), LSTM(3, 4, returns=returns, bidirectional=True), nn.Linear(8, 2), padding="symbol").eval()
    x = torch.tensor([[4, 7, 2, 8, 0, 0]])
    result = outputs_of_prefixes(model, x)
    assert result.steps == (0, 1, 2, 3)
    for step in range(4):
        out = model(torch.tensor([x[0, : step + 1].tolist()]))
        assert torch.allclose(result.outputs[step], (out if returns == "last" else out[:, -1])[0], atol=1e-7)
    assert torch.allclose(result.outputs[3], (model(x) if returns == "last" else model(x)[:, 3])[0], atol=1e-6)


def test_of_a_long_sequence_only_some_steps_have_answers() -> None:
    model = Network(SequencePool("mean"), nn.Linear(2, 1), padding="nan").eval()
    x = torch.randn(1, 10_000, 2)
    result = outputs_of_prefixes(model, x)
    assert result.steps == spread(10_000, 40_000)
    assert result.steps[0] == 0
    assert result.steps[-1] == 9_999
    assert len(result.steps) == 8
    sums = x[0].cumsum(0) / torch.arange(1, 10_001)[:, None]
    assert torch.allclose(result.outputs, model[1](sums[list(result.steps)]), atol=1e-4)


@pytest.mark.parametrize("length", [1, 2, 255, 256, 257, 1000, 10_000, 1_000_000])
def test_the_work_is_bounded(length: int) -> None:
    steps = spread(length, 40_000)
    assert steps[-1] == length - 1
    assert len(steps) == length or len(steps) <= 256
    assert sum(step + 1 for step in steps) <= max(80_000, length)
    assert list(steps) == sorted(set(steps))


def test_a_large_network_answers_less_often() -> None:
    assert len(spread(1000, 40_000)) == 80
    assert spread(1000, 100) == (999,)
    assert spread(3, 2) == (2,)


def test_a_network_that_needs_all_steps_says_so() -> None:
    model = Network(GRU(2, 3, returns="all"), nn.Flatten(), nn.Linear(12, 1)).eval()
    with pytest.raises(ExplainError, match="only sequences of 4 steps"):
        outputs_of_prefixes(model, torch.randn(1, 4, 2))
    with pytest.raises(ExplainError, match="one sequence"):
        outputs_of_prefixes(model, torch.randn(2, 4, 2))
    with pytest.raises(ExplainError, match="cannot take an input"):
        outputs_of_prefixes(model, torch.randn(1, 4, 5))
