"""Noisy digits, compared with the clean ones."""

import numpy as np

from playground.catalog.datasets import MnistSample, NoisyDigits


def test_targets_are_the_clean_digits_of_the_same_split() -> None:
    clean, noisy = MnistSample().load(), NoisyDigits().load()
    for mine, theirs in ((noisy.train, clean.train), (noisy.test, clean.test)):
        np.testing.assert_allclose(mine.targets, theirs.inputs.reshape(len(theirs), -1) / 255, atol=1e-6)


def test_without_noise_the_image_equals_its_target() -> None:
    data = NoisyDigits(noise=0).load()
    np.testing.assert_allclose(data.test.inputs.reshape(len(data.test), -1) / 255, data.test.targets, atol=1e-6)


def test_noise_has_the_requested_standard_deviation() -> None:
    data = NoisyDigits(noise=0.1).load()
    gray = (data.train.targets > 0.4) & (data.train.targets < 0.6)  # so far from black and white that nothing is cut off
    off = (data.train.inputs.reshape(len(data.train), -1) / 255 - data.train.targets)[gray]
    assert abs(off.std() - 0.1) < 0.005
    assert abs(off.mean()) < 0.005


def test_that_share_of_the_pixels_is_put_out() -> None:
    data = NoisyDigits(noise=0, holes=0.4).load()
    white = data.train.targets > 0.5
    out = data.train.inputs.reshape(len(data.train), -1)[white] == 0
    assert abs(out.mean() - 0.4) < 0.01
