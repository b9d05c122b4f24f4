"""What every optimizer must do: PyTorch's own steps, and downhill."""

from collections.abc import Callable

import pytest
import torch
from pydantic import ValidationError
from torch import nn, optim

from playground.catalog.optimizers import OPTIMIZERS, SGD, Adam, AdamW, Optimizer, RMSprop

Make = Callable[[list[nn.Parameter]], optim.Optimizer]

OWN: list[tuple[Optimizer, Make]] = [
    (SGD(lr=0.1), lambda p: optim.SGD(p, 0.1)),
    (SGD(lr=0.1, momentum=0.9), lambda p: optim.SGD(p, 0.1, momentum=0.9)),
    (SGD(lr=0.1, momentum=0.9, nesterov=True), lambda p: optim.SGD(p, 0.1, momentum=0.9, nesterov=True)),
    (SGD(lr=0.1, weight_decay=0.2), lambda p: optim.SGD(p, 0.1, weight_decay=0.2)),
    (Adam(), lambda p: optim.Adam(p)),
    (Adam(lr=0.03, beta1=0.8, beta2=0.9), lambda p: optim.Adam(p, 0.03, betas=(0.8, 0.9))),
    (AdamW(), lambda p: optim.AdamW(p)),
    (AdamW(lr=0.03, beta1=0.5, weight_decay=0.3), lambda p: optim.AdamW(p, 0.03, betas=(0.5, 0.999), weight_decay=0.3)),
    (RMSprop(), lambda p: optim.RMSprop(p, 0.001)),
    (RMSprop(lr=0.02, alpha=0.9, momentum=0.5, weight_decay=0.1), lambda p: optim.RMSprop(p, 0.02, 0.9, momentum=0.5, weight_decay=0.1)),
]
"""Each optimizer beside PyTorch's, plain: no fused kernels."""


def test_every_optimizer_is_compared_with_pytorch() -> None:
    assert {type(ours) for ours, _ in OWN} == set(OPTIMIZERS)


@pytest.mark.parametrize(("ours", "theirs"), OWN, ids=lambda each: repr(each) if isinstance(each, Optimizer) else "")
def test_steps_are_pytorchs_own(ours: Optimizer, theirs: Make) -> None:
    generator = torch.Generator().manual_seed(3)
    shapes = ((7, 5), (5,))
    start = [torch.randn(*shape, generator=generator) for shape in shapes]
    first, second = ([nn.Parameter(tensor.clone()) for tensor in start] for _ in range(2))
    one, other = ours.build(first), theirs(second)
    for _ in range(20):
        for mine, reference in zip(first, second, strict=True):
            mine.grad = torch.randn(*mine.shape, generator=generator)
            reference.grad = mine.grad.clone()
        one.step()
        other.step()
    for mine, reference in zip(first, second, strict=True):
        torch.testing.assert_close(mine, reference, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("kind", OPTIMIZERS, ids=lambda kind: kind.name())
def test_goes_down_a_valley_that_is_steeper_one_way(kind: type[Optimizer]) -> None:
    place = nn.Parameter(torch.tensor([3.0, -2.0]))
    optimizer = kind(lr=0.02).build([place])
    height = lambda: (place * place * torch.tensor([1.0, 10.0])).sum()  # noqa: E731
    first = height().item()
    for _ in range(500):
        optimizer.zero_grad()
        height().backward()
        optimizer.step()
    assert height().item() < first / 1000


@pytest.mark.parametrize("kind", [SGD, Adam, AdamW])
def test_is_fused_on_the_cpu(kind: type[Optimizer]) -> None:
    assert kind().build([nn.Parameter(torch.zeros(2))]).defaults["fused"] is True


def test_nesterov_without_momentum_says_what_to_do() -> None:
    with pytest.raises(ValidationError, match="needs a momentum above 0, got momentum 0; set momentum") as caught:
        SGD(nesterov=True)
    assert caught.value.errors()[0]["loc"] == ("nesterov",)


@pytest.mark.parametrize("lr", [0, -1, 101, float("nan"), float("inf")])
def test_learning_rates_that_make_no_sense_are_refused(lr: float) -> None:
    for kind in OPTIMIZERS:
        with pytest.raises(ValidationError):
            kind(lr=lr)
