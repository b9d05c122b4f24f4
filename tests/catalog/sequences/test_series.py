import numpy as np
import pytest

from playground.catalog.datasets import DataError
from playground.catalog.sequences.recordings import airline
from playground.catalog.sequences.series import forecasts, last_value, mixture, seasonal_value


def test_windows_are_cut_in_time() -> None:
    series = np.stack([np.arange(20), 100 + np.arange(20)], axis=1).astype(np.float32)
    data = forecasts(series, window=3, horizon=2, stride=4, test_share=0.3)
    assert data.train.inputs[:, :, 0].tolist() == [[0, 1, 2], [4, 5, 6], [8, 9, 10]]
    assert data.train.targets.tolist() == [[3, 103, 4, 104], [7, 107, 8, 108], [11, 111, 12, 112]]
    assert data.test.inputs[:, :, 1].tolist() == [[114, 115, 116], [115, 116, 117]]
    assert data.test.targets.tolist() == [[17, 117, 18, 118], [18, 118, 19, 119]]


@pytest.mark.parametrize("test_share", [0.01, 0.5, 0.99])
@pytest.mark.parametrize("stride", [1, 7, 1000])
def test_nothing_of_the_test_is_seen_in_training(stride: int, test_share: float) -> None:
    series = np.arange(50, dtype=np.float32)[:, None]
    data = forecasts(series, 5, 3, stride, test_share)
    train, test = ({*split.inputs.ravel(), *split.targets.ravel()} for split in (data.train, data.test))
    assert train
    assert test
    assert max(train) < min(test)


def test_a_series_that_is_too_short_says_what_it_needs() -> None:
    with pytest.raises(DataError, match=r"has 15 steps.*need 16"):
        forecasts(np.zeros((15, 1), np.float32), 6, 2, 1, 0.25)
    assert len(forecasts(np.zeros((16, 1), np.float32), 6, 2, 1, 0.25).train) == 1


def test_a_mixture_has_its_period_and_its_noise() -> None:
    clean = mixture(2000, 1, 25, 0, np.random.default_rng(0))[:, 0].astype(float)
    np.testing.assert_allclose(clean[25:], clean[:-25], atol=1e-5)
    assert np.abs(clean).max() == pytest.approx(1, abs=0.01)
    spectrum = np.abs(np.fft.rfft(mixture(2400, 4, 24, 0.2, np.random.default_rng(1))[:, 0]))
    assert spectrum.argmax() == 2400 / 24
    both = [mixture(20_000, 3, 24, noise, np.random.default_rng(2))[:, 0].astype(float) for noise in (0.0, 0.3)]
    assert (both[1] - both[0]).std() == pytest.approx(0.3, rel=0.02)


def test_naive_forecasts() -> None:
    windows = np.arange(2 * 5 * 2, dtype=np.float32).reshape(2, 5, 2)
    assert last_value(windows, 2).tolist() == [[8, 9, 8, 9], [18, 19, 18, 19]]
    assert seasonal_value(windows, 4, period=3)[0].tolist() == [4, 5, 6, 7, 8, 9, 4, 5]


def test_passengers_return_every_year() -> None:
    data = forecasts(airline(), 24, 12, 1, 0.3)
    same_month = np.square(seasonal_value(data.test.inputs, 12, 12) - data.test.targets).mean()
    assert same_month < 0.5 * np.square(last_value(data.test.inputs, 12) - data.test.targets).mean()
