"""The plane of a layer's outputs, against scikit-learn's PCA and closed forms."""

import math

import numpy as np
import pytest
import torch
from scipy.linalg import orthogonal_procrustes
from sklearn.decomposition import PCA

from playground.catalog.layers import LAYERS, Conv2d, Dense, Flatten, Output, ReLU
from playground.network import build_model
from playground.training import Control, Snapshot, View, train
from playground.training.views.embedding import EXAMPLES, MOST_LAYERS, Embedding, aligned, principal_plane
from playground.training.wanted import Wanted
from tests.training.specs import digits, of_kind, points


@pytest.mark.parametrize("shape", [(200, 12), (40, 300), (50, 2), (30, 30)])
def test_the_plane_is_that_of_the_principal_components(shape: tuple[int, int]) -> None:
    outputs = np.random.default_rng(0).normal(size=shape) * np.linspace(3, 1, shape[1]) + 5
    places, explained = principal_plane(torch.as_tensor(outputs, dtype=torch.float32))
    pca = PCA(2).fit(outputs)
    expected = pca.transform(outputs)
    for axis in range(2):  # of an axis, the sign is arbitrary
        sign = math.copysign(1, float(places[:, axis].numpy() @ expected[:, axis]))
        np.testing.assert_allclose(sign * places[:, axis], expected[:, axis], atol=1e-4)
    assert explained == pytest.approx(pca.explained_variance_ratio_.sum(), rel=1e-5)


def test_outputs_that_are_all_the_same_or_no_numbers_have_no_plane() -> None:
    places, explained = principal_plane(torch.ones(10, 5))
    assert float(places.abs().max()) == pytest.approx(0)
    assert explained == 0
    broken, _ = principal_plane(torch.full((10, 5), torch.nan))
    assert broken.isnan().all()


@pytest.mark.parametrize("mirrored", [1.0, -1.0])
def test_a_plane_that_was_only_turned_and_mirrored_stays_where_it_was(mirrored: float) -> None:
    before = torch.randn(100, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    angle = torch.tensor(2.0)
    turn = torch.tensor([[angle.cos(), -angle.sin()], [angle.sin(), angle.cos()]], dtype=torch.float64)
    places, moved = aligned(before @ turn * torch.tensor([1.0, mirrored]), before)
    torch.testing.assert_close(places, before)
    assert moved == pytest.approx(0, abs=1e-6)


def test_the_alignment_is_scipys() -> None:
    first, second = (torch.randn(50, 2, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) for seed in (2, 3))
    places, moved = aligned(second, first)
    rotation, _ = orthogonal_procrustes(second.numpy(), first.numpy())
    np.testing.assert_allclose(places, second.numpy() @ rotation, atol=1e-12)
    distance = np.linalg.norm(places.numpy() - first.numpy(), axis=1).mean()
    assert moved == pytest.approx(distance / np.sqrt((second.numpy() ** 2).sum(axis=1).mean()))


def test_a_run_shows_the_last_hidden_layer_and_the_one_that_is_looked_at() -> None:
    spec = digits(Flatten(), Dense(units=16), ReLU(), LAYERS["dropout"](), Output(), training={"epochs": 2})
    events = list(train(spec, control=Control(wanted=Wanted({"embedding": frozenset({2})}))))
    *earlier, last = [view for view in of_kind(events, View) if view.name == "embedding"]
    network = build_model(spec).eval()
    network.load_state_dict(of_kind(events, Snapshot)[-1].tensors)
    test = spec.data.load().test
    rows = torch.randperm(len(test), generator=torch.Generator().manual_seed(0))[:EXAMPLES].sort().values.numpy()
    assert last.values.shape == (1 + len(rows), 1 + 2 * 3)
    assert np.array_equal(last.values[1:, 0], test.targets[rows])
    assert np.isnan(earlier[0].values[:, 1:5]).all()
    with torch.no_grad():
        hidden = network[:3](spec.data.encode(test.inputs[rows])).numpy()
        logits = network(spec.data.encode(test.inputs[rows])).numpy()
    for column, outputs in ((1, hidden), (5, logits)):
        pca = PCA(2).fit(outputs)
        expected, places = pca.transform(outputs), last.values[1:, column : column + 2]
        rotation, _ = orthogonal_procrustes(places, expected)
        np.testing.assert_allclose(places @ rotation, expected, atol=1e-3)
        assert last.values[0, column] == pytest.approx(pca.explained_variance_ratio_.sum(), rel=1e-3)
    assert np.isnan(last.values[:, 3:5]).all()
    assert np.isnan(earlier[0].values[0, 6])  # nothing to compare with
    assert 0 < last.values[0, 6] < 2


def test_layers_are_offered_from_the_last_hidden_one_back() -> None:
    spec = digits(Conv2d(filters=2), ReLU(), Flatten(), Dense(units=4), ReLU(), Output())
    assert Embedding.choices(spec) == ("5 ReLU", "4 Dense", "2 ReLU", "1 Convolution 2D", "6 Output")
    assert not Embedding.applies(points(Output()))
    deep = Embedding.choices(digits(Flatten(), *40 * [Dense(units=4)], Output()))
    assert (deep[0], len(deep)) == ("41 Dense", MOST_LAYERS)
