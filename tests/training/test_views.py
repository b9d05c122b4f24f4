"""The views of a run, compared with the network's own predictions."""

import numpy as np
import torch

from playground.catalog.datasets import Circle, Curve, Iris
from playground.presets import PRESETS
from playground.training import View, train
from playground.training.views import everywhere, grid, reconstruction


def test_a_curve_shows_the_predictions_from_bound_to_bound() -> None:
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


def test_only_the_plane_and_curves_have_a_grid() -> None:
    assert grid(Iris()) is None
    plane = grid(Circle())
    assert plane is not None
    view = everywhere(1, Circle(), torch.from_numpy(plane))
    assert (view.name, view.values.shape) == ("boundary", (1, 64, 64))
    assert np.array_equal(view.values[0].ravel(), plane[:, 1])


def test_a_reconstruction_has_inputs_outputs_and_targets() -> None:
    inputs, outputs, targets = torch.zeros(2, 1, 2, 2), torch.full((5, 4), 0.5), torch.ones(5, 4)
    view = reconstruction(3, inputs, outputs, targets, (1, 2, 2))
    assert view.values.shape == (3, 2, 1, 2, 2)
    assert [float(row.mean()) for row in view.values] == [0.0, 0.5, 1.0]


def test_an_autoencoder_shows_its_images_and_they_improve() -> None:
    spec = PRESETS["denoising_autoencoder"].spec
    spec = spec.model_copy(
        update={
            "data": spec.data.model_copy(update={"train_size": 2000}),
            "training": spec.training.model_copy(update={"epochs": 4}),
        }
    )
    events = list(train(spec))
    views = [event for event in events if isinstance(event, View)]
    assert {view.name for view in views} == {"reconstruction"}
    last = views[-1].values
    before = ((last[0] - last[2]) ** 2).mean()
    after = ((last[1] - last[2]) ** 2).mean()
    assert after < 0.7 * before
