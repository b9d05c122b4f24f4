"""The views of a run, compared with the network's own predictions."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from playground.catalog.datasets import Airline, Circle, Curve, Dataset, Iris, NoisyDigits, Parity, Plane, ThreeBlobs
from playground.catalog.readouts import ClassProbabilities, Values
from playground.presets import PRESETS
from playground.training import View, train
from playground.training.batches import Examples
from playground.training.views import VIEWS, Boundary, Reconstruction, Seen, declared_views
from playground.training.views import Curve as CurveView

CPU = torch.device("cpu")


def seen(data: Dataset, outputs: Tensor, truth: Tensor, network: nn.Module | None = None, part: int = 1024) -> Seen:
    """What an evaluation of these outputs gives to the views."""
    reading = ClassProbabilities(outputs=outputs.shape[1]) if data.classes else Values(outputs=outputs.shape[1])
    raw = torch.zeros(len(outputs), *data.shape)
    return Seen(Examples(data, raw, truth, reading), truth, outputs, reading, network or nn.Identity(), part)


@torch.no_grad()
def test_a_curve_shows_the_predictions_from_bound_to_bound() -> None:
    dataset = Curve(standardise=True)
    points = CurveView.inputs(dataset)
    assert points.dtype == np.float32
    assert points[0, 0] == -6
    assert points[-1, 0] == 6
    assert np.diff(points[:, 0]).std() < 1e-5
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1))
    values = CurveView(dataset, CPU).compute(seen(dataset, torch.zeros(2, 1), torch.zeros(2, 1), model))
    middle = model(dataset.encode(np.zeros((1, 1), np.float32)))
    assert values.shape == (1, len(points))
    assert values[0, len(points) // 2] == middle.numpy()[0, 0]


def test_a_boundary_lists_the_points_of_the_plane_row_by_row() -> None:
    plane = Boundary.inputs(Plane())
    network = nn.Linear(2, 1, bias=False)
    with torch.no_grad():
        network.weight.copy_(torch.tensor([[0.0, 1.0]]))  # the prediction is x2
        values = Boundary(Plane(), CPU).compute(seen(Plane(), torch.zeros(2, 1), torch.zeros(2, 1), network))
    assert values.shape == (1, 64, 64)
    assert np.array_equal(values[0].ravel(), plane[:, 1])


@torch.no_grad()
def test_a_view_of_its_own_inputs_is_the_same_in_parts() -> None:
    data, network = ThreeBlobs(), nn.Linear(2, 3)
    view, whole = Boundary(data, CPU), seen(data, torch.zeros(2, 3), torch.zeros(2), network)
    steps = view.parts(seen(data, torch.zeros(2, 3), torch.zeros(2), network, part=1000))
    paused = 0
    while True:
        try:
            next(steps)
            paused += 1
        except StopIteration as done:
            np.testing.assert_allclose(done.value, view.compute(whole), atol=1e-6)
            break
    assert paused == -(-64 * 64 // 1000)


def test_a_reconstruction_has_inputs_outputs_and_targets() -> None:
    data = NoisyDigits()
    size = int(np.prod(data.shape))
    values = Reconstruction(data, CPU).compute(seen(data, torch.full((25, size), 0.5), torch.ones(25, size)))
    assert values.shape == (3, 10, *data.shape)
    assert [float(row.mean()) for row in values] == [0.0, 0.5, 1.0]


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (Circle(), ["boundary"]),
        (Plane(), ["boundary", "fit"]),
        (Curve(), ["curve", "fit"]),
        (Iris(), ["confusion"]),
        (NoisyDigits(), ["reconstruction"]),
        (Airline(), ["fit"]),
        (Parity(), ["confusion"]),
    ],
)
def test_what_the_page_offers(data: Dataset, names: list[str]) -> None:
    assert [view.name for view in declared_views(data) if view.shown] == names


def test_views_have_names_of_their_own() -> None:
    assert len({view.name for view in VIEWS}) == len(VIEWS)


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
