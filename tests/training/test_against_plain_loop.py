"""The engine against a plain PyTorch loop, written here by the instructions in `playground.training.batches`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn, optim
from torch.optim import lr_scheduler

from playground.catalog.augmentations import AUGMENTATIONS, Rotation
from playground.catalog.datasets import Circle, Digits8, MultiGauss, ThreeBlobs
from playground.catalog.layers import BatchNorm, Conv2d, Dense, Dropout, Dropout2d, Flatten, MaxPool2d, Output, ReLU, Tanh
from playground.catalog.losses import BCE, MAE, MSE, CrossEntropy, Huber
from playground.catalog.optimizers import SGD, Adam, AdamW, RMSprop
from playground.catalog.schedules import Cosine, OneCycle, Step
from playground.network import build_model
from playground.spec import ExperimentSpec
from playground.training import Evaluated, Finished, Snapshot
from tests.training.specs import digits, losses, of_kind, points, run

Parameters = list[nn.Parameter]
pytestmark = pytest.mark.usefixtures("one_thread")


def plain_loop(
    spec: ExperimentSpec,
    loss_of: Callable[[Tensor, Tensor], Tensor],
    make_optimizer: Callable[[Parameters], optim.Optimizer],
    make_schedule: Callable[[optim.Optimizer, int, int], Any] = lambda optimizer, steps, per_epoch: None,
    augment: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]] | None = None,
) -> tuple[list[float], nn.Module]:
    data = spec.data.load()
    images = data.train.inputs.dtype == np.uint8
    x = torch.tensor(data.train.inputs).float() / (255 if images else 1)
    y = torch.tensor(data.train.targets)
    model = build_model(spec).train()
    optimizer = make_optimizer(list(model.parameters()))
    size, values = spec.training.batch_size, []
    per_epoch = -(-len(x) // size)
    schedule = make_schedule(optimizer, per_epoch * spec.training.epochs, per_epoch)
    generator = torch.Generator().manual_seed(spec.training.seed)
    torch.manual_seed(spec.training.seed)
    for _ in range(spec.training.epochs):
        order = torch.randperm(len(x), generator=generator)
        for step in range(per_epoch):
            block = max(1, 512 // size)
            if step % block == 0:
                rows = order[step * size : (step + block) * size]
                inputs, targets = x[rows], y[rows]
                if augment is not None:
                    inputs, targets = augment(inputs, targets)
            at = (step % block) * size
            optimizer.zero_grad()
            loss = loss_of(model(inputs[at : at + size]), targets[at : at + size])
            loss.backward()
            optimizer.step()
            if schedule is not None:
                schedule.step()
            values.append(loss.item())
    return values, model


def squeeze(loss: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
    """For losses with a single output: compares (N,) with (N,)."""
    return lambda outputs, targets: loss(outputs.squeeze(1), targets.reshape(-1).float())


def adam(parameters: Parameters) -> optim.Optimizer:
    return optim.Adam(parameters, 0.001)


CNN = (Conv2d(filters=4), BatchNorm(), ReLU(), Dropout2d(rate=0.3), MaxPool2d(), Flatten(), Dense(units=12), BatchNorm(), ReLU(), Output())
cross_entropy = nn.CrossEntropyLoss()

CASES: dict[str, tuple[Any, ...]] = {
    "adam": (digits(), cross_entropy, adam),
    "adam, last batch smaller": (digits(training={"batch_size": 64}), cross_entropy, adam),
    "one example a batch": (points(training={"batch_size": 1}), squeeze(nn.BCEWithLogitsLoss()), adam),
    "batch larger than the set": (digits(training={"batch_size": 4096, "epochs": 4}), cross_entropy, adam),
    "another seed": (digits(training={"seed": 7}), cross_entropy, adam),
    "adamw": (
        digits(optimizer=AdamW(lr=0.01, weight_decay=0.1)),
        cross_entropy,
        lambda p: optim.AdamW(p, 0.01, weight_decay=0.1),
    ),
    "sgd": (digits(optimizer=SGD(lr=0.05)), cross_entropy, lambda p: optim.SGD(p, 0.05)),
    "sgd, nesterov": (
        digits(optimizer=SGD(lr=0.05, momentum=0.9, nesterov=True, weight_decay=1e-3)),
        cross_entropy,
        lambda p: optim.SGD(p, 0.05, momentum=0.9, nesterov=True, weight_decay=1e-3),
    ),
    "rmsprop": (digits(optimizer=RMSprop()), cross_entropy, lambda p: optim.RMSprop(p, 0.001)),
    "cosine": (
        digits(schedule=Cosine(floor=0.1)),
        cross_entropy,
        adam,
        lambda o, steps, per_epoch: lr_scheduler.CosineAnnealingLR(o, steps, 0.0001),
    ),
    "one cycle": (
        digits(schedule=OneCycle()),
        cross_entropy,
        adam,
        lambda o, steps, per_epoch: lr_scheduler.OneCycleLR(o, 0.001, total_steps=steps, cycle_momentum=False),
    ),
    "stairs": (
        digits(schedule=Step(every=1, factor=0.1)),
        cross_entropy,
        adam,
        lambda o, steps, per_epoch: lr_scheduler.StepLR(o, per_epoch, 0.1),
    ),
    "dropout": (digits(Flatten(), Dense(units=16), ReLU(), Dropout(rate=0.5), Output()), cross_entropy, adam),
    # Fused here too: a bias before batch normalization has no gradient but rounding errors, which Adam scales up.
    "convolutions, batch normalization, dropout of maps": (digits(*CNN), cross_entropy, lambda p: optim.Adam(p, 0.001, fused=True)),
    "label smoothing": (digits(loss=CrossEntropy(label_smoothing=0.2)), nn.CrossEntropyLoss(label_smoothing=0.2), adam),
    "two classes, two outputs": (points(loss=CrossEntropy()), cross_entropy, adam),
    "three classes": (points(data=ThreeBlobs(samples=90), loss=CrossEntropy()), cross_entropy, adam),
    "bce": (points(data=Circle(samples=61), loss=BCE()), squeeze(nn.BCEWithLogitsLoss()), adam),
    "mse": (points(data=MultiGauss(samples=70), loss=MSE()), squeeze(nn.MSELoss()), adam),
    "mae": (points(data=MultiGauss(samples=70), loss=MAE()), squeeze(nn.L1Loss()), adam),
    "huber": (points(data=MultiGauss(samples=70), loss=Huber(delta=0.2)), squeeze(nn.HuberLoss(delta=0.2)), adam),
}


@pytest.mark.parametrize("case", CASES)
def test_same_losses_and_weights(case: str) -> None:
    spec, *recipe = CASES[case]
    events = run(spec)
    expected, model = plain_loop(spec, *recipe)
    assert len(expected) > 3
    torch.testing.assert_close(losses(events), expected, rtol=0, atol=1e-6)
    last = of_kind(events, Snapshot)[-1]
    torch.testing.assert_close(last.tensors, dict(model.state_dict()), rtol=0, atol=1e-5)
    assert last.step == of_kind(events, Finished)[0].step == len(expected)


def test_losses_fall() -> None:
    values = losses(run(digits(training={"epochs": 4}, optimizer=Adam(lr=0.01))))
    assert values[0] == pytest.approx(np.log(10), abs=0.3)
    assert np.mean(values[-10:]) < 0.5


@pytest.mark.parametrize("kinds", [["rotation"], AUGMENTATIONS.kinds()], ids=["rotation", "all"])
def test_augmented_and_dropped_out(kinds: list[str]) -> None:
    augmentations = tuple(AUGMENTATIONS[kind](probability=0.7) for kind in kinds)
    layers = (Flatten(), Dense(units=16), Tanh(), Dropout(rate=0.2), Output())
    spec = digits(*layers, data=Digits8(augmentations=augmentations), training={"batch_size": 200})

    def augment(images: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        if any(augmentation.group == "Mixing" for augmentation in augmentations):
            targets = torch.eye(10)[targets]
        for augmentation in augmentations:
            images, targets = augmentation.build()(images, targets)
        return images, targets

    expected, _ = plain_loop(spec, cross_entropy, adam, augment=augment)
    torch.testing.assert_close(losses(run(spec)), expected, rtol=0, atol=1e-6)
    plain, _ = plain_loop(spec, cross_entropy, adam)
    assert max(abs(a - b) for a, b in zip(plain, expected, strict=True)) > 1e-3  # augmentation makes a difference


def test_test_images_are_never_augmented() -> None:
    plain, turned = digits(), digits(data=Digits8(augmentations=(Rotation(degrees=180, probability=1),)))
    first, second = (of_kind(run(spec), Evaluated)[0] for spec in (plain, turned))
    assert first == replace(second, seconds=first.seconds)
    assert first.step == 0


def test_a_single_example_left_over_is_left_out_before_batch_normalization() -> None:
    data = Circle(samples=60)
    assert len(data.load().train) == 30  # a batch of 29 leaves one
    normalized = points(Dense(units=4), BatchNorm(), Tanh(), Output(), data=data, training={"batch_size": 29})
    assert len(losses(run(normalized))) == 3
    assert len(losses(run(points(data=data, training={"batch_size": 29})))) == 6
