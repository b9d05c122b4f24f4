"""The most similar examples against a plain comparison of all."""

import numpy as np
import pytest
import torch

from playground.catalog.augmentations import Rotation
from playground.catalog.datasets import Circle, Digits8
from playground.explain import ExplainError, most_similar


def test_they_are_those_with_the_largest_cosine():
    dataset = Digits8()
    data = dataset.load()
    x = dataset.encode(np.asarray(data.test.inputs[:1]))
    found = most_similar(dataset, x, k=4)
    rows = np.asarray(data.train.inputs, np.float64).reshape(len(data.train), -1)
    query = x.numpy().ravel().astype(np.float64)
    cosines = rows @ query / np.linalg.norm(rows, axis=1) / np.linalg.norm(query)
    order = np.argsort(-cosines)[:4]
    assert [each.index for each in found] == order.tolist()
    assert [each.similarity for each in found] == pytest.approx(cosines[order], abs=1e-5)
    assert [each.label for each in found] == [str(data.train.targets[index]) for index in order]
    assert np.array_equal(found[0].pixels, data.train.inputs[order[0], 0])


def test_an_example_of_the_set_is_its_own_nearest_however_bright():
    dataset = Digits8(augmentations=(Rotation(),))
    x = dataset.encode(np.asarray(dataset.load().train.inputs[7:8]))
    nearest = most_similar(dataset, 0.5 * x, k=1)[0]
    assert nearest.index == 7
    assert nearest.similarity == pytest.approx(1, abs=1e-5)


def test_pixels_are_compared_whatever_the_network_takes():
    x = Digits8().numbers(np.asarray(Digits8().load().test.inputs[:1]))
    plain, standardized = (most_similar(Digits8(standardise=each), x, k=4) for each in (False, True))
    assert [(each.index, each.similarity) for each in plain] == [(each.index, each.similarity) for each in standardized]


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(ExplainError, match="labeled images"):
        most_similar(Circle(), torch.rand(1, 2))
    with pytest.raises(ExplainError, match="1×8×8"):
        most_similar(Digits8(), torch.rand(1, 1, 28, 28))
    with pytest.raises(ExplainError, match="all black"):
        most_similar(Digits8(), torch.zeros(1, 1, 8, 8))
