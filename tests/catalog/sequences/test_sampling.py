"""Continuing a sequence: probabilities by the softmax, and what is drawn by them."""

from itertools import islice

import pytest
import torch
from torch import Tensor, nn

from playground.catalog.sequences.sampling import continued, next_probabilities

LOGITS = torch.tensor([2.0, 0.0, 1.0, -1.0])


class Counting(nn.Module):
    """Predicts with certainty the symbol after the last one, of five; records what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[list[int]] = []

    def forward(self, x: Tensor) -> Tensor:
        self.given.append(x[0].tolist())
        return 1000.0 * nn.functional.one_hot(x % 5, 5).float()


def test_probabilities_are_a_softmax_at_a_temperature() -> None:
    torch.testing.assert_close(next_probabilities(LOGITS), LOGITS.softmax(0))
    torch.testing.assert_close(next_probabilities(LOGITS, 0.5), (2 * LOGITS).softmax(0))
    assert next_probabilities(LOGITS, 0).tolist() == [1, 0, 0, 0]
    assert next_probabilities(LOGITS, 1e-4).tolist() == [1, 0, 0, 0]


@pytest.mark.parametrize("top_k", [1, 2, 3, 4, 9])
def test_only_the_likeliest_symbols_are_possible(top_k: int) -> None:
    order = [0, 2, 1, 3][:top_k]
    expected = torch.zeros(4)
    expected[order] = LOGITS[order].softmax(0)
    torch.testing.assert_close(next_probabilities(LOGITS, top_k=top_k), expected)


def test_a_sequence_continues_as_the_network_predicts_from_its_context() -> None:
    model = Counting()
    assert list(islice(continued(model, [4, 5], context=3, seed=0), 6)) == [1, 2, 3, 4, 5, 1]
    assert model.given[:3] == [[4, 5], [4, 5, 1], [5, 1, 2]], "no more than the context, and no padding"


def test_symbols_are_drawn_with_their_probabilities_and_by_the_seed() -> None:
    class Constant(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return LOGITS.expand(1, x.shape[1], 4)

    drawn = list(islice(continued(Constant(), [1], context=4, seed=1), 4000))
    shares = torch.bincount(torch.tensor(drawn) - 1, minlength=4) / 4000
    torch.testing.assert_close(shares, LOGITS.softmax(0), atol=0.03, rtol=0)
    assert list(islice(continued(Constant(), [1], context=4, seed=1), 20)) == drawn[:20]
    assert list(islice(continued(Constant(), [1], context=4, seed=2), 20)) != drawn[:20]
