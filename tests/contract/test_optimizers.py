"""The contract of every optimizer: PyTorch's own steps, and downhill."""

import math
from collections.abc import Callable
from functools import partial

import pytest
import torch
from pydantic import ValidationError
from torch import Tensor, nn, optim

from playground.catalog.formulas import Value, formula, worked_out
from playground.catalog.optimizers import (
    LBFGS,
    OPTIMIZERS,
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    AdamW,
    Lion,
    NAdam,
    Optimizer,
    RAdam,
    RMSprop,
)

Make = Callable[[list[nn.Parameter]], optim.Optimizer]

OWN: list[tuple[Optimizer, Make]] = [
    (SGD(lr=0.1), lambda p: optim.SGD(p, 0.1)),
    (SGD(lr=0.1, momentum=0.9), lambda p: optim.SGD(p, 0.1, momentum=0.9)),
    (SGD(lr=0.1, momentum=0.9, nesterov=True), lambda p: optim.SGD(p, 0.1, momentum=0.9, nesterov=True)),
    (SGD(lr=0.1, weight_decay=0.2), lambda p: optim.SGD(p, 0.1, weight_decay=0.2)),
    (Adam(), lambda p: optim.Adam(p)),
    (Adam(lr=0.03, beta1=0.8, beta2=0.9), lambda p: optim.Adam(p, 0.03, betas=(0.8, 0.9))),
    (Adam(weight_decay=0.2), lambda p: optim.Adam(p, weight_decay=0.2)),
    (AdamW(), lambda p: optim.AdamW(p)),
    (AdamW(lr=0.03, beta1=0.5, weight_decay=0.3), lambda p: optim.AdamW(p, 0.03, betas=(0.5, 0.999), weight_decay=0.3)),
    (RMSprop(), lambda p: optim.RMSprop(p, 0.001)),
    (RMSprop(lr=0.02, alpha=0.9, momentum=0.5, weight_decay=0.1), lambda p: optim.RMSprop(p, 0.02, 0.9, momentum=0.5, weight_decay=0.1)),
    (NAdam(), lambda p: optim.NAdam(p)),
    (
        NAdam(lr=0.03, beta1=0.8, momentum_decay=0.1, weight_decay=0.2),
        lambda p: optim.NAdam(p, 0.03, betas=(0.8, 0.999), momentum_decay=0.1, weight_decay=0.2),
    ),
    (RAdam(), lambda p: optim.RAdam(p)),
    (RAdam(lr=0.03, beta2=0.9, weight_decay=0.2), lambda p: optim.RAdam(p, 0.03, betas=(0.9, 0.9), weight_decay=0.2)),
    (Adagrad(), lambda p: optim.Adagrad(p)),
    (Adagrad(lr=0.1, lr_decay=0.1, weight_decay=0.2), lambda p: optim.Adagrad(p, 0.1, lr_decay=0.1, weight_decay=0.2)),
    (Adadelta(), lambda p: optim.Adadelta(p)),
    (Adadelta(lr=0.5, rho=0.7, weight_decay=0.2), lambda p: optim.Adadelta(p, 0.5, rho=0.7, weight_decay=0.2)),
    (LBFGS(), lambda p: optim.LBFGS(p, 1, max_iter=5, history_size=10, line_search_fn="strong_wolfe")),
    (LBFGS(lr=0.1, iterations=3, memory=2, line_search=False), lambda p: optim.LBFGS(p, 0.1, max_iter=3, history_size=2)),
]
"""Each optimizer beside PyTorch's, plain: no fused kernels."""

SUITABLE: dict[type[Optimizer], float] = {RAdam: 0.05, Adagrad: 0.5, Adadelta: 2, LBFGS: 0.5}
"""Learning rates for a walk of 500 steps, where 0.02 does not suit."""


def test_every_optimizer_is_compared_with_pytorch() -> None:
    assert {type(ours) for ours, _ in OWN} == set(OPTIMIZERS) - {Lion}


def distance(optimizer: optim.Optimizer, place: list[nn.Parameter], goals: list[Tensor]) -> Tensor:
    """How far the place is from its goals, which differ from step to step, with its gradient."""
    optimizer.zero_grad()
    total = torch.stack([(each - goal).square().sum() for each, goal in zip(place, goals, strict=True)]).sum()
    total.backward()
    return total


@pytest.mark.parametrize(("ours", "theirs"), OWN, ids=lambda each: repr(each) if isinstance(each, Optimizer) else "")
def test_steps_are_pytorchs_own(ours: Optimizer, theirs: Make) -> None:
    generator = torch.Generator().manual_seed(3)
    shapes = ((7, 5), (5,))
    start = [torch.randn(*shape, generator=generator) for shape in shapes]
    first, second = ([nn.Parameter(tensor.clone()) for tensor in start] for _ in range(2))
    one, other = ours.build(first), theirs(second)
    for _ in range(20):
        goals = [torch.randn(*shape, generator=generator) for shape in shapes]
        for optimizer, place in ((one, first), (other, second)):
            optimizer.step(partial(distance, optimizer, place, goals))
    for mine, reference in zip(first, second, strict=True):
        torch.testing.assert_close(mine, reference, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("kind", OPTIMIZERS, ids=lambda kind: kind.name())
def test_goes_down_a_valley_that_is_steeper_one_way(kind: type[Optimizer]) -> None:
    place = nn.Parameter(torch.tensor([3.0, -2.0]))
    optimizer = kind(lr=SUITABLE.get(kind, 0.02)).build([place])

    def height() -> Tensor:
        optimizer.zero_grad()
        found = (place * place * torch.tensor([1.0, 10.0])).sum()
        found.backward()
        return found

    first = height().item()
    for _ in range(500):
        optimizer.step(height)
    assert height().item() < first / 1000


@pytest.mark.parametrize("kind", [SGD, Adam, AdamW])
def test_is_fused_on_the_cpu(kind: type[Optimizer]) -> None:
    assert kind().build([nn.Parameter(torch.zeros(2))]).defaults["fused"] is True


def test_nesterov_without_momentum_says_what_to_do() -> None:
    with pytest.raises(ValidationError, match="needs a momentum greater than 0, got momentum 0; set momentum") as caught:
        SGD(nesterov=True)
    assert caught.value.errors()[0]["loc"] == ("nesterov",)


@pytest.mark.parametrize("lr", [0, -1, 101, float("nan"), float("inf")])
def test_learning_rates_that_make_no_sense_are_refused(lr: float) -> None:
    for kind in OPTIMIZERS:
        with pytest.raises(ValidationError):
            kind(lr=lr)


def test_lion_steps_by_the_sign_of_its_momentum() -> None:
    """Against the algorithm as the paper has it, one number at a time."""
    generator = torch.Generator().manual_seed(4)
    start = torch.randn(6, generator=generator)
    weights = nn.Parameter(start.clone())
    optimizer = Lion(lr=0.01, beta1=0.7, beta2=0.9, weight_decay=0.3).build([weights])
    expected, momenta = start.tolist(), [0.0] * 6
    for _ in range(30):
        weights.grad = torch.randn(6, generator=generator)
        slopes = weights.grad.tolist()
        optimizer.step()
        for i, slope in enumerate(slopes):
            update = 0.7 * momenta[i] + 0.3 * slope
            expected[i] -= 0.01 * (math.copysign(1, update) + 0.3 * expected[i])
            momenta[i] = 0.9 * momenta[i] + 0.1 * slope
    assert weights.tolist() == pytest.approx(expected, abs=1e-5)


def test_lion_without_betas_is_sign_sgd_and_leaves_alone_what_has_no_gradient() -> None:
    moved, still = nn.Parameter(torch.zeros(3)), nn.Parameter(torch.ones(2))
    optimizer = Lion(lr=0.5, beta1=0, beta2=0).build([moved, still])
    moved.grad = torch.tensor([3.0, -0.001, 0.0])
    optimizer.step()
    assert moved.tolist() == [-0.5, 0.5, 0.0]
    assert still.tolist() == [1, 1]


def test_lbfgs_is_at_the_bottom_of_a_bowl_after_a_few_steps() -> None:
    """Least squares, against the solution of its normal equations."""
    generator = torch.Generator().manual_seed(5)
    matrix, wanted = torch.randn(30, 4, generator=generator), torch.randn(30, generator=generator)
    place = nn.Parameter(torch.zeros(4))
    optimizer = LBFGS(iterations=10).build([place])

    def height() -> Tensor:
        optimizer.zero_grad()
        found = (matrix @ place - wanted).square().mean()
        found.backward()
        return found

    for _ in range(3):
        optimizer.step(height)
    torch.testing.assert_close(place.detach(), torch.linalg.lstsq(matrix, wanted).solution, rtol=1e-3, atol=1e-3)


def test_only_lbfgs_needs_a_closure() -> None:
    assert [kind for kind in OPTIMIZERS if kind.needs_closure] == [LBFGS]


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_keeps_as_many_numbers_of_a_weight_as_it_says(kind: type[Optimizer], momentum: float) -> None:
    optimizer = kind.model_validate({"momentum": momentum} if "momentum" in kind.model_fields else {})
    weight = nn.Parameter(torch.linspace(0.5, 1.5, 50))
    real = optimizer.build([weight])

    def loss() -> Tensor:
        real.zero_grad()
        value = ((weight - torch.linspace(-1, 1, 50)) ** 4).sum() + weight.cos().sum()
        value.backward()
        return value

    for _ in range(12):
        real.step(loss)

    def numbers(value: object) -> int:
        if isinstance(value, Tensor):
            return value.numel() if value.numel() >= weight.numel() else 0
        return sum(map(numbers, value)) if isinstance(value, list) else 0

    kept = sum(numbers(value) for state in real.state.values() for value in state.values())
    assert kept == optimizer.kept_numbers() * weight.numel()


RULES = [ours for ours, _ in OWN] + [Lion(), Lion(lr=0.01, beta1=0.7, beta2=0.9, weight_decay=0.3)]


@pytest.mark.parametrize("ours", RULES, ids=repr)
def test_the_rule_that_is_shown_is_the_step_that_is_taken(ours: Optimizer) -> None:
    """Every step of every weight, computed by the declared formulas from PyTorch's state before it."""
    generator = torch.Generator().manual_seed(5)
    weights = nn.Parameter(torch.randn(6, generator=generator, dtype=torch.double))
    optimizer = ours.build([weights])
    if ours.needs_closure:
        assert ours.rule(1) == ()
        return
    for step in range(1, 13):
        weights.grad = torch.randn(6, generator=generator, dtype=torch.double)
        before = [value.item() for value in weights]
        kept = {name: value.clone() if isinstance(value, Tensor) else value for name, value in optimizer.state[weights].items()}
        optimizer.step()
        for index, old in enumerate(before):
            values: dict[str, Value] = {"w": old, "g": weights.grad[index].item(), "lr": ours.lr, "t": float(step)}
            values |= {symbol: float(getattr(ours, field)) for symbol, field in ours.symbols.items()}
            for symbol, (key, first) in ours.kept.items():
                state = kept.get(key)
                values[symbol] = first if state is None else float(state) if state.numel() == 1 else state[index].item()
            lines, after = worked_out([formula(text) for text in ours.rule(step)], values, str)
            assert lines[-1][0].startswith("w ← ")
            assert after["w"] == pytest.approx(weights[index].item(), rel=1e-7)  # NAdam keeps a product in float32
