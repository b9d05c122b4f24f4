"""What the presets for sequences are compared with."""

import numpy as np
import pytest

from benchmarks.baselines import Trigrams, best_naive_forecast, text_of
from playground.catalog.datasets import Waves
from playground.catalog.sequences.text import continuations


def test_the_text_is_put_together_from_its_windows() -> None:
    text = np.random.default_rng(0).integers(1, 9, 500)
    train = continuations(text, 10, 4, 0.2).train
    found = text_of(train.inputs, train.targets + 1, 4)
    np.testing.assert_array_equal(found, text[: len(found)])
    assert 400 - 4 < len(found) <= 400


def test_probabilities_of_all_symbols_add_up_to_one() -> None:
    text = np.random.default_rng(1).integers(1, 5, 400)
    model = Trigrams(text, 6)
    assert model.weights.sum() == pytest.approx(1)
    for pair in (text[:2], text[100:102], (0, 1), (0, 5)):  # seen, and not seen
        before, previous = (np.full(6, symbol) for symbol in pair)
        assert model.probabilities(before, previous, np.arange(6)).sum() == pytest.approx(1)


def test_a_rule_over_three_symbols_is_learned_and_counted_by_hand() -> None:
    """1 1 2 1 1 2 …: after 1 1 comes 2, after 1 comes 1 or 2."""
    model = Trigrams(np.tile([1, 1, 2], 200), 3)
    assert model.weights[0] > 0.99
    ones = np.ones(1, np.int64)
    single, after_one = 1 / 3, 200 / 400
    by_hand = model.weights @ [1.0, after_one, single, 1 / 3]
    assert model.probabilities(ones, ones, 2 * ones)[0] == pytest.approx(by_hand, rel=1e-2)


def test_a_series_that_repeats_itself_is_forecast_by_its_season() -> None:
    waves = Waves(noise=0.0, waves=1, steps=400)
    assert best_naive_forecast(waves.load(), waves) < 1e-9
