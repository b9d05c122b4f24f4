"""The pictures of a run against the network's own answers."""

import numpy as np
import torch

from playground.catalog.datasets import Circle, Curve, Iris
from playground.training.views import everywhere, grid


def test_a_curve_is_what_the_network_answers_from_bound_to_bound() -> None:
    dataset = Curve(standardise=True)
    points = grid(dataset)
    assert points is not None
    assert points.dtype == np.float32
    assert points[0, 0] == -6
    assert points[-1, 0] == 6
    assert np.diff(points[:, 0]).std() < 1e-5
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(1, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    with torch.no_grad():
        view = everywhere(7, dataset, model(dataset.encode(points)))
        middle = model(dataset.encode(np.zeros((1, 1), np.float32)))
    assert (view.name, view.step, view.values.shape) == ("curve", 7, (1, len(points)))
    assert view.values[0, len(points) // 2] == middle.numpy()[0, 0]


def test_only_the_plane_and_curves_are_drawn_whole() -> None:
    assert grid(Iris()) is None
    plane = grid(Circle())
    assert plane is not None
    view = everywhere(1, Circle(), torch.from_numpy(plane))
    assert (view.name, view.values.shape) == ("boundary", (1, 64, 64))
    assert np.array_equal(view.values[0].ravel(), plane[:, 1])
