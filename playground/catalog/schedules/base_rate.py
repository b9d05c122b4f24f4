"""Another learning rate, or another number of steps, while a schedule goes on. The functions need nothing but torch: their source is copied
into generated scripts."""

from collections.abc import Callable

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler


def rescheduled(build: Callable[[], LRScheduler | None], optimizer: Optimizer, rate: float, taken: int) -> LRScheduler | None:
    """A new schedule, from the base of the learning rate on, as it stands after so many steps. build: makes it for the optimizer."""
    for group in optimizer.param_groups:
        for name in ("initial_lr", "max_lr", "min_lr"):
            group.pop(name, None)
        group["lr"] = rate
    schedule = build()
    if schedule is not None:
        for _ in range(taken):
            schedule.step()
    return schedule


def set_learning_rate(optimizer: Optimizer, schedule: LRScheduler | None, before: float, rate: float) -> None:
    """Changes the base of the learning rate from `before` to `rate`: a schedule goes on as if it had begun with it."""
    for group in optimizer.param_groups:
        for name in ("lr", "initial_lr", "max_lr", "min_lr"):  # the last two: of one cycle
            if name in group:
                group[name] = group[name] / before * rate
    for name in ("base_lrs", "eta_min"):
        value = getattr(schedule, name, None)
        if isinstance(value, list):
            setattr(schedule, name, [each / before * rate for each in value])
        elif value is not None:
            setattr(schedule, name, value / before * rate)
