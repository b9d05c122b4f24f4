"""The wall of test images, against the network's own answers."""

import numpy as np
import pytest
import torch

from playground.catalog.datasets import NoisyDigits
from playground.network import build_model
from playground.training import Snapshot, View
from playground.training.views.wall import IMAGES, MOST_PIXELS, Wall, packed
from tests.training.specs import digits, of_kind, points, run


def unpacked(rows: np.ndarray) -> np.ndarray:
    """(M, C, H, W) bytes."""
    size = rows[0, :3].astype(int)
    triples = rows[1:, 3:].astype(np.int64)
    flat = np.stack([triples >> 16, (triples >> 8) % 256, triples % 256], axis=2).reshape(len(rows) - 1, -1)
    return flat[:, : int(np.prod(size))].reshape(-1, *size)


@pytest.mark.parametrize("shape", [(5, 1, 8, 8), (2, 3, 28, 28), (1, 1, 1, 1)])
def test_bytes_are_packed_without_loss(shape: tuple[int, ...]) -> None:
    data = torch.randint(0, 256, shape, generator=torch.Generator().manual_seed(0))
    assert np.array_equal(unpacked(packed(data / 255).numpy()), data.numpy())


def test_large_images_are_shown_smaller() -> None:
    image = torch.zeros(1, 3, 100, 64)
    image[:, 1] = 1.0
    small = unpacked(packed(image).numpy())
    assert small.shape == (1, 3, MOST_PIXELS, MOST_PIXELS)
    assert (small[0].reshape(3, -1).min(axis=1) == [0, 255, 0]).all()


def test_its_answers_are_those_of_the_network() -> None:
    spec = digits()
    events = run(spec)
    (view,) = [view for view in of_kind(events, View) if view.name == "wall" and view.step == events[-1].step]
    network = build_model(spec).eval()
    network.load_state_dict(of_kind(events, Snapshot)[-1].tensors)
    test = spec.data.load().test
    rows = torch.randperm(len(test), generator=torch.Generator().manual_seed(0))[:IMAGES].sort().values.numpy()
    with torch.no_grad():
        shares = torch.softmax(network(spec.data.encode(test.inputs[rows])), dim=1)
    confidence, predicted = shares.max(dim=1)
    assert view.values.shape[0] == 1 + IMAGES
    assert np.array_equal(view.values[1:, 0], test.targets[rows])
    assert np.array_equal(view.values[1:, 1], predicted)
    np.testing.assert_allclose(view.values[1:, 2], confidence, atol=1e-6)
    assert np.array_equal(unpacked(view.values), (np.asarray(spec.data.numbers(torch.as_tensor(test.inputs[rows]))) * 255).round())


def test_it_is_for_classes_of_images() -> None:
    assert Wall.applies(digits())
    assert not Wall.applies(points())
    assert not Wall.applies(digits(data=NoisyDigits()))
