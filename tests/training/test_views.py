"""The views of a run, compared with the network's own predictions."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from playground.catalog.answers import IGNORED
from playground.catalog.datasets import Airline, Circle, Curve, Dataset, Iris, NoisyDigits, Parity, Plane, PythonDocs, ThreeBlobs, Waves
from playground.catalog.layers import Dense, Flatten, Output, Tanh
from playground.catalog.losses import MSE, CrossEntropy
from playground.catalog.readouts import ClassProbabilities, Values
from playground.network import build_model
from playground.own import TableChoices, keep, prepare_table, read_table
from playground.presets import PRESETS
from playground.spec import ExperimentSpec, TrainingSettings
from playground.training import Snapshot, View, train
from playground.training.batches import Examples, tensor_of
from playground.training.views import VIEWS, Boundary, DeclaredView, Forecasts, Reconstruction, Seen, StepClasses, declared_views, forecasts
from playground.training.views import Curve as CurveView

CPU = torch.device("cpu")


def of(data: Dataset) -> ExperimentSpec:
    """An experiment on this data."""
    return ExperimentSpec(data=data, network=(Flatten(), Output()), loss=CrossEntropy() if data.classes else MSE())


OF_THE_NETWORK = {"layers", "functions", "embedding", "network"}
"""Views of what is inside it, whatever the data."""


def views_on(data: Dataset) -> list[DeclaredView]:
    """The views of predictions."""
    return [view for view in declared_views(of(data)) if view.name not in OF_THE_NETWORK]


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
    values = CurveView(of(dataset), CPU).compute(seen(dataset, torch.zeros(2, 1), torch.zeros(2, 1), model))
    middle = model(dataset.encode(np.zeros((1, 1), np.float32)))
    assert values.shape == (1, len(points))
    assert values[0, len(points) // 2] == middle.numpy()[0, 0]


def test_a_boundary_lists_the_points_of_the_plane_row_by_row() -> None:
    plane = Boundary.inputs(Plane())
    network = nn.Linear(2, 1, bias=False)
    with torch.no_grad():
        network.weight.copy_(torch.tensor([[0.0, 1.0]]))  # the prediction is x2
        values = Boundary(of(Plane()), CPU).compute(seen(Plane(), torch.zeros(2, 1), torch.zeros(2, 1), network))
    assert values.shape == (1, 64, 64)
    assert np.array_equal(values[0].ravel(), plane[:, 1])


@torch.no_grad()
def test_a_view_of_its_own_inputs_is_the_same_in_parts() -> None:
    data, network = ThreeBlobs(), nn.Linear(2, 3)
    view, whole = Boundary(of(data), CPU), seen(data, torch.zeros(2, 3), torch.zeros(2), network)
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
    values = Reconstruction(of(data), CPU).compute(seen(data, torch.full((25, size), 0.5), torch.ones(25, size)))
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
        (Airline(), ["forecast", "fit"]),
        (Parity(), ["confusion"]),
        (Parity(answers="steps"), ["steps", "confusion"]),
        (PythonDocs(), ["steps", "confusion"]),
    ],
)
def test_what_the_page_offers(data: Dataset, names: list[str]) -> None:
    assert [view.name for view in views_on(data) if view.shown] == names


class Recurrence(nn.Module):
    """(N, L, 1) standardized windows of a sine → its next values, (N, horizon), from x(t) = 2 cos(ω) x(t − 1) − x(t − 2)."""

    def __init__(self, data: Waves, horizon: int) -> None:
        super().__init__()
        self.data, self.horizon = data, horizon

    def forward(self, x: Tensor) -> Tensor:
        steps = list(torch.as_tensor(self.data.decode(x), dtype=torch.float64)[:, -2:, 0].T)
        for _ in range(self.horizon):
            steps.append(2 * np.cos(2 * np.pi / self.data.period) * steps[-1] - steps[-2])
        return torch.stack(steps[2:], dim=1).float()


@pytest.mark.parametrize("horizon", [1, 5, 60])
def test_a_free_run_continues_a_sine_whose_recurrence_the_network_knows(horizon: int) -> None:
    data = Waves(waves=1, noise=0, steps=700, window=24, horizon=horizon, standardise=True)
    test = data.load().test
    network, raw = Recurrence(data, horizon), tensor_of(test.inputs)
    outputs = network(data.encode(raw))
    truth = tensor_of(test.targets)
    given = Seen(Examples(data, raw, truth, Values(outputs=horizon)), truth, outputs, Values(outputs=horizon), network, 1024)
    series, ahead, free = Forecasts(of(data), CPU).compute(given)[:, 0]
    steps = min(forecasts.MOST_STEPS, len(test))
    assert len(series) == 24 + steps
    np.testing.assert_array_equal(series, data.series()[-len(test) - horizon - 23 :][: len(series), 0])
    assert np.isnan(ahead[:24]).all()
    assert np.isnan(free[:24]).all()
    np.testing.assert_allclose(ahead[24:], series[24:], atol=1e-4)
    run = min(steps, forecasts.MOST_PASSES * horizon)
    np.testing.assert_allclose(free[24 : 24 + run], series[24 : 24 + run], atol=0.02)
    assert np.isnan(free[24 + run :]).all()


@torch.no_grad()
def test_views_of_the_first_examples_do_not_depend_on_which_ones_were_evaluated() -> None:
    waves, images = Waves(steps=700, window=24), NoisyDigits(train_size=100)
    for data, view in ((waves, Forecasts(of(waves), CPU)), (images, Reconstruction(of(images), CPU))):
        test, reading = data.load().test, Values(outputs=data.target_size)
        examples = Examples.of(data, test, reading, CPU)
        network = nn.Sequential(nn.Flatten(), nn.Linear(data.tensor.numbers, data.target_size))
        outputs, truth = network(data.encode(examples.raw)), tensor_of(test.targets)
        whole = view.compute(Seen(examples, truth, outputs, reading, network, 1024))
        sample = view.compute(Seen(examples, truth[5:9], outputs[5:9], reading, network, 7, whole=False))
        np.testing.assert_allclose(sample, whole, atol=1e-5)


def test_steps_are_those_of_the_first_examples_with_nan_in_the_padding() -> None:
    data = Parity(answers="steps", samples=60)
    test = data.load().test
    targets = tensor_of(test.targets)
    answered = targets[targets != IGNORED]
    outputs = torch.nn.functional.one_hot(answered, 2).float()
    outputs[2] = outputs[2].flip(0)  # the third step of the first example is wrong
    reading = ClassProbabilities(outputs=2)
    given = Seen(Examples(data, tensor_of(test.inputs), targets, reading), answered, outputs, reading, nn.Identity(), 1024)
    inputs, truth, predicted = StepClasses(of(data), CPU).compute(given)
    assert inputs.shape == (6, 16)
    np.testing.assert_array_equal(np.nan_to_num(inputs), test.inputs[:12])
    np.testing.assert_array_equal(np.nan_to_num(truth, nan=IGNORED), test.targets[:12])
    assert np.argwhere(np.nan_to_num(truth) != np.nan_to_num(predicted)).tolist() == [[0, 2]]
    assert StepClasses.declared(of(data)).symbols == ("(padding)", "0", "1")


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
    assert {view.name for view in views} - OF_THE_NETWORK == {"reconstruction"}
    last = [view.values for view in views if view.name == "reconstruction"][-1]
    before = ((last[0] - last[2]) ** 2).mean()
    after = ((last[1] - last[2]) ** 2).mean()
    assert after < 0.7 * before


def own_table(columns: str, rows: list[tuple[object, ...]], target: int, task: str) -> Dataset:
    text = "\n".join([columns, *(",".join(map(str, row)) for row in rows)])
    return keep(prepare_table(read_table(text.encode(), "own.csv"), TableChoices(target=target, task=task)))  # type: ignore[arg-type]


def test_a_table_with_two_columns_of_numbers_is_a_plane_on_its_own_axes() -> None:
    rows = [(1000 + row, row % 7 / 100, row % 2) for row in range(40)]
    data = own_table("height,share,y", rows, 2, "classes")
    (view,) = [view for view in views_on(data) if view.name == "boundary"]
    assert view.axes == ("height", "share")
    assert view.bounds == pytest.approx((1000 - 0.05 * 39, 1039 + 0.05 * 39, -0.003, 0.063), rel=1e-4)
    plane = Boundary.inputs(data)
    assert (plane.min(axis=0) > [998, -0.003]).all()
    assert (plane.max(axis=0) < [1041, 0.063]).all()
    assert len(np.unique(plane[:64, 1])) == 1


@torch.no_grad()
def test_values_are_shown_in_units_of_the_target() -> None:
    rows = [(row, 7 * row % 40, 250_000 + 1000 * row) for row in range(40)]
    data = own_table("a,b,price", rows, 2, "value")
    zero = nn.Linear(2, 1)
    zero.weight.zero_()
    zero.bias.zero_()  # the mean of the target
    values = Boundary(of(data), CPU).compute(seen(data, torch.zeros(2, 1), torch.zeros(2, 1), zero))
    assert values.ravel() == pytest.approx(269_500, rel=1e-6)
    (boundary, fit) = views_on(data)
    assert boundary.middle == pytest.approx(269_500)
    assert "orange below 269,500" in boundary.caption
    assert fit.axes == ("price", "prediction")


@torch.no_grad()
def test_a_table_with_one_column_of_numbers_is_a_curve() -> None:
    data = own_table("temperature,price", [(row, 3 * row) for row in range(40)], 1, "value")
    (view, _) = views_on(data)
    assert (view.name, view.axes) == ("curve", ("temperature",))
    zero = nn.Linear(1, 1)
    zero.weight.zero_()
    zero.bias.zero_()
    assert CurveView(of(data), CPU).compute(seen(data, torch.zeros(2, 1), torch.zeros(2, 1), zero)).ravel() == pytest.approx(58.5)
    classes = own_table("temperature,price", [(row, row % 2) for row in range(40)], 1, "classes")
    assert [view.name for view in views_on(classes)] == ["curve", "confusion"]


def test_a_column_of_categories_is_no_axis() -> None:
    data = own_table("a,kind,y", [(row, "uv"[row % 2], row % 2) for row in range(40)], 2, "classes")
    assert [view.name for view in views_on(data)] == ["confusion"]
    flags = own_table("kind,y", [("uv"[row % 2], row % 3) for row in range(40)], 1, "classes")
    assert flags.shape == (2,)
    assert [view.name for view in views_on(flags)] == ["confusion"]


@pytest.mark.parametrize("data", [Circle(samples=60), ThreeBlobs(samples=60)])
def test_the_answers_of_points_are_those_of_the_network(data: Dataset) -> None:
    spec = ExperimentSpec(
        data=data, network=(Dense(units=4), Tanh(), Output()), loss=CrossEntropy(), training=TrainingSettings(epochs=2, batch_size=8)
    )
    events = list(train(spec))
    (view,) = [event for event in events if isinstance(event, View) and event.name == "points"][-1:]
    network = build_model(spec).eval()
    network.load_state_dict(next(event.tensors for event in reversed(events) if isinstance(event, Snapshot)))
    loaded = data.load()
    assert view.values.shape == (2, max(len(loaded.train), len(loaded.test)))
    for row, split in zip(view.values, (loaded.train, loaded.test), strict=True):
        with torch.no_grad():
            assert np.array_equal(row[: len(split)], network(data.encode(split.inputs)).argmax(dim=1))
        assert np.isnan(row[len(split) :]).all()
