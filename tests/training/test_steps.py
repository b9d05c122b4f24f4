"""Options of a training step, each compared with a loop or a closed form in the test."""

import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn, optim

from playground.catalog.datasets import Circle, Plane, ThreeBlobs
from playground.catalog.layers import BatchNorm, Dense, Dropout, Output, ReLU, Tanh
from playground.catalog.losses import LOSSES, CrossEntropy, WeightedCrossEntropy
from playground.catalog.optimizers import LBFGS, OPTIMIZERS, SGD, Adam
from playground.catalog.schedules import SCHEDULES, Plateau
from playground.network import build_model
from playground.spec import ExperimentSpec, StopConditions
from playground.training import Control, DeviceError, Evaluated, Finished, Progress, Snapshot, train
from playground.training.averaging import Average
from playground.training.stepping import Stepper
from tests.training.specs import losses, of_kind, points, run

NORMALIZED = (Dense(units=6), BatchNorm(), Tanh(), Output())
pytestmark = pytest.mark.usefixtures("one_thread")


def by_hand(spec: ExperimentSpec, change: Any = None, after: Any = None) -> tuple[list[float], nn.Module]:
    """Plain SGD over the batches of the spec. change: applied to the list of gradients; after: called with the model after every step."""
    data, model = spec.data.load(), build_model(spec).train()
    x, y = torch.tensor(data.train.inputs), torch.tensor(data.train.targets).float()[:, None]
    order, values = torch.Generator().manual_seed(spec.training.seed), []
    weights = list(model.parameters())
    for _ in range(spec.training.epochs):
        for rows in torch.randperm(len(x), generator=order).split(spec.training.batch_size):
            loss = nn.functional.binary_cross_entropy_with_logits(model(x[rows]), y[rows])
            values.append(loss.item())
            slopes = list(torch.autograd.grad(loss, weights))
            with torch.no_grad():
                for weight, slope in zip(weights, change(slopes) if change else slopes, strict=True):
                    weight -= spec.optimizer.lr * slope
            if after:
                after(model)
    return values, model


def shortened(slopes: list[Tensor]) -> list[Tensor]:
    norm = math.sqrt(sum(float(slope.square().sum()) for slope in slopes))
    return [slope * min(1.0, 0.05 / norm) for slope in slopes]


def cut(slopes: list[Tensor]) -> list[Tensor]:
    return [slope.clip(-0.01, 0.01) for slope in slopes]


@pytest.mark.parametrize(
    ("settings", "change"),
    [({"clip_norm": 0.05}, shortened), ({"clip_value": 0.01}, cut), ({"clip_value": 0.01, "clip_norm": 0.05}, lambda s: shortened(cut(s)))],
    ids=["norm", "value", "value, then norm"],
)
def test_clipped_gradients(settings: dict[str, float], change: Any) -> None:
    spec = points(optimizer=SGD(lr=0.5), training=settings)
    expected, model = by_hand(spec, change)
    events = run(spec)
    torch.testing.assert_close(losses(events), expected, rtol=0, atol=1e-6)
    torch.testing.assert_close(of_kind(events, Snapshot)[-1].tensors, dict(model.state_dict()), rtol=0, atol=1e-5)
    assert losses(events) != losses(run(points(optimizer=SGD(lr=0.5))))


def test_a_norm_that_is_never_reached_changes_nothing() -> None:
    assert losses(run(points(training={"clip_norm": 1000}))) == losses(run(points()))


def test_averaged_weights_are_evaluated_shown_and_saved() -> None:
    """Weights of plain steps, averaged by the formula; running statistics too, but the number of batches is copied."""
    spec = points(*NORMALIZED, optimizer=SGD(lr=0.5), training={"ema": 0.8, "epochs": 6})
    mean = {name: tensor.clone() for name, tensor in build_model(spec).state_dict().items()}
    steps = 0

    def follow(model: nn.Module) -> None:
        nonlocal steps
        steps += 1
        decay = min(0.8, (1 + steps) / (10 + steps))
        for name, tensor in model.state_dict().items():
            mean[name] = decay * mean[name] + (1 - decay) * tensor if tensor.is_floating_point() else tensor.clone()

    expected, live = by_hand(spec, after=follow)
    events = run(spec)
    torch.testing.assert_close(losses(events), expected, rtol=0, atol=1e-5)  # steps are those of the live weights
    last = of_kind(events, Snapshot)[-1].tensors
    torch.testing.assert_close(last, mean, rtol=0, atol=1e-5)
    assert not torch.allclose(last["0.weight"], live.state_dict()["0.weight"], atol=1e-3)
    model = build_model(spec)
    model.load_state_dict(last)
    test = spec.data.load().test
    with torch.no_grad():
        right = (model.eval()(torch.tensor(test.inputs)).squeeze(1) > 0).numpy() == test.targets
    assert of_kind(events, Evaluated)[-1].test_accuracy == pytest.approx(right.mean())


def test_an_average_is_soon_past_its_start_and_then_slow() -> None:
    model = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(model.weight)
    average = Average(model, 0.99)
    nn.init.ones_(model.weight)
    average.update()
    assert average.model.weight.item() == pytest.approx(1 - 2 / 11)
    for _ in range(2000):
        average.update()
    nn.init.zeros_(model.weight)
    average.update()
    assert average.model.weight.item() == pytest.approx(0.99, abs=1e-3)


def test_lbfgs_takes_pytorchs_own_steps() -> None:
    spec = points(optimizer=LBFGS(iterations=4), training={"batch_size": 30, "epochs": 5})
    data, model = spec.data.load(), build_model(spec)
    x, y = torch.tensor(data.train.inputs), torch.tensor(data.train.targets).float()[:, None]
    optimizer = optim.LBFGS(model.parameters(), lr=1, max_iter=4, history_size=10, line_search_fn="strong_wolfe")
    order, expected = torch.Generator().manual_seed(0), []

    def look(rows: Tensor) -> Tensor:
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(model(x[rows]), y[rows])
        loss.backward()
        return loss

    for _ in range(5):
        rows = torch.randperm(30, generator=order)
        expected.append(optimizer.step(lambda rows=rows: look(rows)).item())  # type: ignore[misc]
    torch.testing.assert_close(losses(run(spec)), expected, rtol=1e-4, atol=1e-5)
    assert expected[-1] < expected[0] / 2


def test_within_a_step_of_lbfgs_dropout_stays_and_statistics_see_the_batch_once() -> None:
    spec = points(Dense(units=6), BatchNorm(), Tanh(), Dropout(rate=0.5), Output(), optimizer=LBFGS(iterations=3))
    model = build_model(spec).train()
    inputs, targets, masks, calls = torch.randn(8, 2), torch.ones(8, 1), [], 0

    def loss_of(outputs: Tensor, wanted: Tensor) -> Tensor:
        nonlocal calls
        calls += 1
        return nn.functional.binary_cross_entropy_with_logits(outputs, wanted)

    model[3].register_forward_hook(lambda module, args, outputs: masks.append(outputs == 0))
    stepper = Stepper(spec, model, loss_of, spec.optimizer.build(model.parameters()))
    torch.manual_seed(3)
    stepper(inputs, targets)
    assert calls > 1
    assert all(torch.equal(masks[0], mask) for mask in masks)
    after = torch.get_rng_state()
    torch.manual_seed(3)
    torch.nn.functional.dropout(torch.ones(8, 6), 0.5)
    assert torch.equal(torch.get_rng_state(), after)  # as many random numbers as one evaluation needs
    assert model[1].num_batches_tracked.item() == 1
    stepper(inputs, targets)
    assert not torch.equal(masks[0], masks[-1])  # the next step has its own dropout


def test_lbfgs_with_random_layers_is_bit_identical() -> None:
    spec = points(Dense(units=6), BatchNorm(), Tanh(), Dropout(rate=0.5), Output(), optimizer=LBFGS(), training={"epochs": 2})
    assert losses(run(spec)) == losses(run(spec, Control(pace="batch")))


def test_plateau_follows_the_test_loss_of_each_epoch() -> None:
    """A learning rate that is far too small to improve: it falls whenever patience runs out."""
    spec = points(optimizer=SGD(lr=1e-9), schedule=Plateau(factor=0.1, patience=1), training={"epochs": 8})
    events = run(spec, Control(pace="epoch"))
    rates = [event.learning_rate for event in of_kind(events, Progress) if event.epoch == int(event.epoch)]
    # the first epoch sets the best loss; 2 and 3 are one too many without a better one, and so are 4 and 5, 6 and 7
    assert rates == pytest.approx([1e-9] * 3 + [1e-10] * 2 + [1e-11] * 2 + [1e-12], rel=1e-6)
    improving = points(optimizer=SGD(lr=0.1), schedule=Plateau(factor=0.1, patience=1), training={"epochs": 6})
    steady = points(optimizer=SGD(lr=0.1), training={"epochs": 6})
    assert losses(run(improving)) == losses(run(steady))


def test_plateau_with_patience_ends_the_run() -> None:
    spec = points(optimizer=SGD(lr=1e-9), schedule=Plateau(), stop=StopConditions(patience=3), training={"epochs": 50})
    (finished,) = of_kind(run(spec), Finished)
    assert finished.reason == "patience"


def test_classes_are_weighed_by_the_training_set() -> None:
    data = ThreeBlobs(samples=200, imbalance=8)
    counts = torch.bincount(torch.tensor(data.load().train.targets), minlength=3).double()
    weights = counts.sum() / (3 * counts)
    assert weights.max() > 3 * weights.min()
    balanced, by_hand_, plain = (
        points(data=data, loss=loss)
        for loss in (WeightedCrossEntropy(), WeightedCrossEntropy(weights=tuple(weights.tolist())), CrossEntropy())
    )
    torch.testing.assert_close(losses(run(balanced)), losses(run(by_hand_)), rtol=0, atol=1e-6)
    assert losses(run(balanced)) != losses(run(plain))


def test_mixed_precision_is_refused_without_cuda() -> None:
    with pytest.raises(DeviceError, match=r"training\.precision: “mixed” needs a GPU with CUDA"):
        train(points(training={"precision": "mixed", "device": "auto"})) if not torch.cuda.is_available() else pytest.fail("has CUDA")


@pytest.mark.parametrize("settings", [{}, {"clip_norm": 0.1}])
def test_steps_in_mixed_precision_are_close_to_float32(settings: dict[str, float]) -> None:
    """The step itself, on the processor, where autocast computes in bfloat16: about three digits."""
    runs = []
    for precision in ("float32", "mixed"):
        spec = points(optimizer=SGD(lr=0.2), training={"precision": precision, **settings})
        model = build_model(spec).train()
        loss_of = nn.BCEWithLogitsLoss()
        stepper = Stepper(spec, model, loss_of, spec.optimizer.build(model.parameters()))
        inputs = torch.randn(16, 2, generator=torch.Generator().manual_seed(1))
        targets = (inputs.square().sum(dim=1, keepdim=True) > 1).float()
        runs.append([stepper(inputs, targets).item() for _ in range(20)])
    whole, mixed = runs
    assert mixed == pytest.approx(whole, rel=0.03)
    assert mixed != whole
    assert mixed[-1] < mixed[0]


@pytest.mark.parametrize("loss", LOSSES, ids=lambda kind: kind.name())
def test_every_loss_trains(loss: Any) -> None:
    data = Circle(samples=60) if "binary" in loss.tasks else Plane(samples=60)
    spec = points(data=data, loss=loss(), optimizer=Adam(lr=0.03), training={"epochs": 25})
    evaluations = of_kind(run(spec), Evaluated)
    assert evaluations[-1].train_loss < 0.8 * evaluations[0].train_loss


@pytest.mark.parametrize("kind", OPTIMIZERS, ids=lambda kind: kind.name())
def test_every_optimizer_trains_reproducibly(kind: Any) -> None:
    rate = {"adagrad": 0.1, "sgd": 0.3, "lion": 0.005, "lbfgs": 1.0, "adadelta": 2.0, "radam": 0.05}.get(kind.name(), 0.02)
    spec = points(Dense(units=8), ReLU(), Output(), optimizer=kind(lr=rate), training={"epochs": 30, "batch_size": 15})
    events = run(spec)
    evaluations = of_kind(events, Evaluated)
    assert evaluations[-1].train_loss < 0.8 * evaluations[0].train_loss
    assert losses(run(spec)) == losses(events)


@pytest.mark.parametrize("kind", SCHEDULES, ids=lambda kind: kind.name())
def test_every_schedule_trains(kind: Any) -> None:
    evaluations = of_kind(run(points(schedule=kind(), optimizer=Adam(lr=0.03), training={"epochs": 20})), Evaluated)
    assert evaluations[-1].train_loss < 0.9 * evaluations[0].train_loss
