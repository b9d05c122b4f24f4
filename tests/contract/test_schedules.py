"""The contract of every schedule, and each curve compared with its definition."""

import math

import pytest
import torch
from torch import nn, optim
from torch.optim.lr_scheduler import ReduceLROnPlateau

from playground.catalog.optimizers import OPTIMIZERS, Optimizer
from playground.catalog.schedules import (
    SCHEDULES,
    Constant,
    Cosine,
    CosineRestarts,
    Exponential,
    OneCycle,
    Plateau,
    Schedule,
    Step,
    Warmup,
)


def rates(schedule: Schedule, steps: int, steps_per_epoch: int = 1, lr: float = 0.8, kind: type[Optimizer] | None = None) -> list[float]:
    """The learning rate of every step, as training takes them; the test loss never gets better."""
    parameter = nn.Parameter(torch.zeros(1))
    optimizer = optim.SGD([parameter], lr=lr) if kind is None else kind(lr=lr).build([parameter])
    scheduler = schedule.build(optimizer, steps, steps_per_epoch)
    found = []
    for step in range(1, steps + 1):
        parameter.grad = torch.ones(1)
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step(lambda: parameter.sum())
        if not isinstance(scheduler, ReduceLROnPlateau | None):
            scheduler.step()
        elif scheduler is not None and step % steps_per_epoch == 0:
            scheduler.step(1.0)
    return found


@pytest.mark.parametrize("kind", SCHEDULES, ids=lambda kind: kind.name())
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda kind: kind.name())
@pytest.mark.parametrize("steps", [1, 2, 3, 10, 97])
def test_works_with_every_optimizer_and_stays_between_zero_and_the_learning_rate(
    kind: type[Schedule], optimizer: type[Optimizer], steps: int
) -> None:
    found = rates(kind(), steps, kind=optimizer)
    assert all(0 <= rate <= 0.8 * (1 + 1e-9) for rate in found)
    assert max(found) == pytest.approx(0.8, rel=0.15 if steps > 2 else 1e-6)


def test_constant_stays() -> None:
    assert rates(Constant(), 5) == [0.8] * 5


@pytest.mark.parametrize("floor", [0.0, 0.25])
def test_cosine_is_half_a_cosine(floor: float) -> None:
    expected = [0.8 * (floor + (1 - floor) * (1 + math.cos(math.pi * t / 40)) / 2) for t in range(40)]
    assert rates(Cosine(floor=floor), 40) == pytest.approx(expected, abs=1e-9)


def test_step_reduces_the_rate_every_few_epochs() -> None:
    assert rates(Step(every=2, factor=0.1), 15, steps_per_epoch=3) == pytest.approx([0.8] * 6 + [0.08] * 6 + [0.008] * 3)


def test_one_cycle_climbs_on_a_cosine_and_comes_down_on_one() -> None:
    found = rates(OneCycle(warmup=0.3), 100)
    low, top, end = 0.8 / 25, 0.8, 0.8 / 25 / 1e4
    up = [low + (top - low) * (1 - math.cos(math.pi * t / 29)) / 2 for t in range(30)]
    down = [end + (top - end) * (1 + math.cos(math.pi * t / 70)) / 2 for t in range(1, 71)]
    assert found == pytest.approx(up + down, abs=1e-9)


@pytest.mark.parametrize(("warmup", "steps"), [(0.5, 2), (0.25, 4), (0.1, 10), (0.01, 3), (0.999, 7)])
def test_one_cycle_works_where_the_warm_up_is_a_step_or_less(warmup: float, steps: int) -> None:
    found = rates(OneCycle(warmup=warmup), steps)
    assert all(math.isfinite(rate) for rate in found)
    if warmup * steps <= 1:
        assert found[0] == pytest.approx(0.8)
        assert found == sorted(found, reverse=True)


def test_one_cycle_leaves_momentum_alone() -> None:
    optimizer = optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.1, momentum=0.5)
    OneCycle().build(optimizer, 10, 1)
    assert optimizer.param_groups[0]["momentum"] == 0.5


def test_exponential_falls_by_its_factor_every_epoch_without_stairs() -> None:
    assert rates(Exponential(factor=0.5), 13, steps_per_epoch=4) == pytest.approx([0.8 * 0.5 ** (t / 4) for t in range(13)])


@pytest.mark.parametrize("floor", [0.0, 0.5])
def test_cosine_starts_again_after_cycles_that_grow(floor: float) -> None:
    found = rates(CosineRestarts(first=1, longer=3, floor=floor), 40, steps_per_epoch=10)
    short, long = ([0.8 * (floor + (1 - floor) * (1 + math.cos(math.pi * t / length)) / 2) for t in range(length)] for length in (10, 30))
    assert found == pytest.approx(short + long)


def test_warm_up_is_a_straight_line_and_then_stays() -> None:
    assert rates(Warmup(share=0.4), 10) == pytest.approx([0.2, 0.4, 0.6, 0.8] + [0.8] * 6)


def test_warm_up_then_falls_on_half_a_cosine() -> None:
    down = [0.8 * (1 + math.cos(math.pi * t / 15)) / 2 for t in range(15)]
    assert rates(Warmup(share=0.25, then="cosine"), 20) == pytest.approx([0.16, 0.32, 0.48, 0.64, 0.8, *down])


def test_plateau_waits_for_its_patience_each_time() -> None:
    """The first epoch sets the best loss; the third without a better one is one too many."""
    found = rates(Plateau(factor=0.1, patience=2), 20, steps_per_epoch=2)
    assert found == pytest.approx([0.8] * 8 + [0.08] * 6 + [0.008] * 6)
