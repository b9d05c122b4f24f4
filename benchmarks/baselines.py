"""What the presets for sequences are compared with: predictions that need no neural network."""

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from playground.catalog.datasets import Data, Waves
from playground.catalog.sequences.series import last_value, seasonal_value

Symbols = NDArray[np.int64]

_HELD_OUT = 0.1
"""Share of the training text that the weights of the interpolation are fitted to."""
_ROUNDS = 50


def bag_of_words_accuracy(data: Data, vocabulary: int) -> float:
    """Test accuracy of logistic regression on how often each word occurs, whatever the order. vocabulary: how many symbols there are."""
    train, test = (np.stack([np.bincount(row, minlength=vocabulary)[1:] for row in split.inputs]) for split in (data.train, data.test))
    return float(LogisticRegression(max_iter=2000).fit(train, data.train.targets).score(test, data.test.targets))


def best_naive_forecast(data: Data, waves: Waves) -> float:
    """Test MSE of the better of two forecasts: everything stays as it is, or is as it was a period ago."""
    inputs, targets = np.asarray(data.test.inputs), np.asarray(data.test.targets)
    forecasts = (last_value(inputs, waves.horizon), seasonal_value(inputs, waves.horizon, round(waves.period)))
    return min(float(((forecast - targets) ** 2).mean()) for forecast in forecasts)


def text_of(windows: Symbols, following: Symbols, stride: int) -> Symbols:
    """The text that windows (N, L) were cut from, each `stride` after the one before. following: the symbols after each step (N, L)."""
    return np.concatenate([windows[:-1, :stride].ravel(), windows[-1], following[-1, -1:]])


class Trigrams:
    """The probability of a symbol after the two before it, interpolated between what three, two and one symbols in a row say and an even
    guess (Jelinek and Mercer 1980). The weights of the four are fitted to text held out from the counts by expectation maximization.

    text: (T,) symbols, from 0 to `vocabulary` − 1."""

    def __init__(self, text: Symbols, vocabulary: int) -> None:
        self._vocabulary = vocabulary
        cut = len(text) - round(len(text) * _HELD_OUT)
        self._count(text[:cut])
        held_out = text[cut:]
        parts = self._parts(held_out[:-2], held_out[1:-1], held_out[2:])
        self.weights = np.full(4, 1 / 4)
        for _ in range(_ROUNDS):
            shares = self.weights * parts
            self.weights = (shares / shares.sum(axis=1, keepdims=True)).mean(axis=0)
        self._count(text)

    def probabilities(self, before: Symbols, previous: Symbols, symbols: Symbols) -> NDArray[np.float64]:
        """Of each of `symbols` (N,) after `before` and `previous`, (N,) each."""
        mixed: NDArray[np.float64] = self._parts(before, previous, symbols) @ self.weights
        return mixed

    def _count(self, text: Symbols) -> None:
        size = self._vocabulary
        self._single = np.bincount(text, minlength=size) / len(text)
        pairs, triples = text[:-1] * size + text[1:], (text[:-2] * size + text[1:-1]) * size + text[2:]
        self._pairs = np.bincount(pairs, minlength=size**2).reshape(size, size)
        self._triples = np.bincount(triples, minlength=size**3).reshape(size, size, size)

    def _parts(self, before: Symbols, previous: Symbols, symbols: Symbols) -> NDArray[np.float64]:
        """(N, 4): the probability by three symbols, by two, by one, and an even guess; after what was never seen, by one symbol less."""
        single = self._single[symbols]
        one, two = self._pairs.sum(axis=1)[previous], self._triples.sum(axis=2)[before, previous]
        after_one = np.where(one > 0, self._pairs[previous, symbols] / np.maximum(1, one), single)
        after_two = np.where(two > 0, self._triples[before, previous, symbols] / np.maximum(1, two), after_one)
        return np.stack([after_two, after_one, single, np.full(len(symbols), 1 / self._vocabulary)], axis=1)


def trigram_loss(data: Data, stride: int, vocabulary: int) -> float:
    """Test loss in nats per symbol of an interpolated 3-gram model of the training text. It sees what a network sees: windows.

    At the first step of a window only one symbol is known: before it stands padding, which the text never has, so that pairs decide."""
    model = Trigrams(text_of(np.asarray(data.train.inputs), np.asarray(data.train.targets) + 1, stride), vocabulary)
    windows, following = np.asarray(data.test.inputs), np.asarray(data.test.targets) + 1
    before = np.concatenate([np.zeros_like(windows[:, :1]), windows[:, :-1]], axis=1)
    return float(-np.log(model.probabilities(before.ravel(), windows.ravel(), following.ravel())).mean())
