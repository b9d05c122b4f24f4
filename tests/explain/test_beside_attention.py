"""Attention and attribution on the same parts of an input, on numbers worked out by hand."""

import pytest
import torch
from scipy import stats

from playground.catalog.layers.base import ADDED, Grid
from playground.explain import ExplainError
from playground.explain.beside_attention import beside_attention, of_parts, received_by_steps

WEIGHTS = torch.tensor([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8], [0.3, 0.5, 0.2]])


def test_attention_received_is_a_row_or_the_mean_of_those_that_attend() -> None:
    assert received_by_steps(WEIGHTS, 1).tolist() == pytest.approx([0.1, 0.1, 0.8])
    assert received_by_steps(WEIGHTS).tolist() == pytest.approx([0.3, 0.3, 0.4])
    padded = torch.nn.functional.pad(WEIGHTS, (0, 2, 0, 2))
    assert received_by_steps(padded).tolist() == pytest.approx([0.3, 0.3, 0.4, 0, 0])
    assert received_by_steps(torch.zeros(2, 2)).tolist() == [0, 0]


def test_attributions_are_summed_over_features_and_over_boxes() -> None:
    assert of_parts(torch.tensor([[1.0, -2.0]]), None).tolist() == [1, -2]
    assert of_parts(torch.tensor([[[1.0, 2.0], [3.0, -4.0]]]), None).tolist() == [3, -1]
    image = torch.arange(50.0).reshape(1, 2, 5, 5)  # boxes of 2 × 2 that leave out the last row and column
    found = of_parts(image, Grid(2, 2, 0.8, 0.8))
    expected = [float(image[0, :, top : top + 2, left : left + 2].sum()) for top in (0, 2) for left in (0, 2)]
    assert found.tolist() == expected
    columns = of_parts(image, Grid(1, 5))
    assert columns.tolist() == image.sum(dim=(0, 1, 2)).tolist()


def test_a_class_token_receives_attention_that_belongs_to_no_part() -> None:
    found = beside_attention(WEIGHTS, (ADDED, 0, 1), torch.tensor([[-5.0, 1.0]]), None, 0)
    assert found.attention.tolist() == pytest.approx([0.3, 0.2])
    assert found.elsewhere == pytest.approx(0.5)
    assert found.attribution.tolist() == [-5, 1]
    assert found.correlation is None  # of two parts


def test_the_correlation_is_that_of_the_magnitudes_of_the_parts_that_are_there() -> None:
    weights = torch.softmax(torch.randn(5, 5, generator=torch.Generator().manual_seed(0)), dim=1)
    values = torch.randn(1, 7, generator=torch.Generator().manual_seed(1))  # two of them are padding
    found = beside_attention(weights, range(7), values, None)
    expected = stats.spearmanr(weights.mean(dim=0).numpy(), values[0, :5].abs().numpy()).statistic
    assert found.correlation == pytest.approx(expected)
    assert found.elsewhere == 0


@pytest.mark.parametrize("steps", [(), (0, 1), (0, 1, 2)], ids=["unknown", "too few", "too many parts"])
def test_steps_that_are_no_parts_are_refused(steps: tuple[int, ...]) -> None:
    with pytest.raises(ExplainError, match="do not stand for single parts"):
        beside_attention(WEIGHTS, steps, torch.tensor([[1.0, 2.0]]), None)
