"""Time series to forecast: cut in time, and taken apart into windows."""

import numpy as np
from numpy.typing import NDArray

from playground.catalog.datasets.examples import Data, DataError, Split

Floats = NDArray[np.float32]


def forecasts(series: Floats, window: int, horizon: int, stride: int, test_share: float) -> Data:
    """(T, F) → windows (N, window, F), and for each the next values (N, horizon·F), step by step.

    The last `test_share` of the series is for testing; no window reaches across the cut, so no value of the test is seen in training.
    Training windows start every `stride` steps, test windows at every step.
    Raises: DataError if the series is too short for one window on either side."""
    if len(series) < 2 * (window + horizon):
        raise DataError(
            f"The series has {len(series):,} steps: too short for training and testing with windows of {window:,} and a horizon of "
            f"{horizon:,} steps, which need {2 * (window + horizon):,}; use a shorter window or horizon"
        )
    cut = training_steps(len(series), window + horizon, test_share)
    return Data(_windows(series[:cut], window, horizon, stride), _windows(series[cut:], window, horizon, 1))


def training_steps(steps: int, whole: int, test_share: float) -> int:
    """How many of the steps are for training: all but the last `test_share`, but at least `whole` on either side, if there are so many."""
    return steps - min(max(round(steps * test_share), whole), steps - whole)


def scaled_by_training(series: NDArray[np.float64], whole: int, test_share: float) -> NDArray[np.float64]:
    """(T, F) → the same with mean 0 and standard deviation 1 in its training part; a deviation of 0 counts as 1."""
    mean, deviation = training_scale(series, whole, test_share)
    return (series - mean) / deviation


def training_scale(series: NDArray[np.float64], whole: int, test_share: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(T, F) → mean and standard deviation (F,) of the training part, see `training_steps`; a deviation of 0 counts as 1."""
    learned = series[: max(1, training_steps(len(series), whole, test_share))]
    mean, deviation = learned.mean(axis=0), learned.std(axis=0)
    return mean, np.where(deviation > 1e-12 * np.abs(mean), deviation, 1.0)


def _windows(series: Floats, window: int, horizon: int, stride: int) -> Split:
    every = np.lib.stride_tricks.sliding_window_view(series, window + horizon, axis=0)[::stride]  # (N, F, window + horizon)
    windows = every.transpose(0, 2, 1)
    inputs, targets = windows[:, :window], windows[:, window:].reshape(len(windows), -1)
    return Split(np.ascontiguousarray(inputs, np.float32), np.ascontiguousarray(targets, np.float32))


def mixture(steps: int, waves: int, period: float, noise: float, rng: np.random.Generator) -> Floats:
    """A sum of sine waves with noise: (steps, 1). The first wave has amplitude 1 and this period, the others have amplitudes from 0.3 to
    0.8 and periods from a fifth of it to twice as long. noise: standard deviation."""
    periods = np.concatenate([[period], period * np.exp(rng.uniform(np.log(0.2), np.log(2.0), waves - 1))])
    amplitudes = np.concatenate([[1.0], rng.uniform(0.3, 0.8, waves - 1)])
    phases = rng.uniform(0, 2 * np.pi, waves)
    waved = np.sin(2 * np.pi * np.arange(steps)[:, None] / periods + phases) @ amplitudes
    series: Floats = (waved + noise * rng.standard_normal(steps)).astype(np.float32)[:, None]
    return series


def last_value(inputs: Floats, horizon: int) -> Floats:
    """The forecast that nothing changes: windows (N, L, F) → (N, horizon·F)."""
    forecast: Floats = inputs[:, [-1] * horizon].reshape(len(inputs), -1)
    return forecast


def seasonal_value(inputs: Floats, horizon: int, period: int) -> Floats:
    """The forecast that everything is as it was a period ago: windows (N, L, F), L at least `period`, → (N, horizon·F)."""
    steps = inputs.shape[1] - period + np.arange(horizon) % period
    forecast: Floats = inputs[:, steps].reshape(len(inputs), -1)
    return forecast
