"""How many CPU threads make the steps of a network fastest."""

import math
import time
from collections.abc import Callable, Iterator

import torch

GAIN = 0.9
"""More threads must take at most this share of the time, because other runs and the pages can use them as well."""
_MEASURED_SECONDS = 0.003
"""A measurement takes as many steps as last so long: the clock and the start of threads do not matter then."""
_LEAST_SECONDS = 0.0001
"""A step this short cannot be divided."""
_TRIAL_SECONDS = 0.06
"""For the comparison of two numbers of threads, if its steps are short enough."""
_ROUNDS = 5


def fastest_threads(step: Callable[[], object], most: int) -> int:
    """Tries the step with 1, 2, 4, … up to `most` threads, as long as more of them pay off. Leaves PyTorch with that number.

    step: takes a training step, on a copy of the network."""
    best = 1
    torch.set_num_threads(best)
    step()
    seconds = _seconds(step, 1)
    if seconds > _LEAST_SECONDS:
        for more in _numbers(most):
            if not _pays_off(step, best, more, math.ceil(_MEASURED_SECONDS / seconds)):
                break
            best = more
    torch.set_num_threads(best)
    return best


def _numbers(most: int) -> Iterator[int]:
    """2, 4, 8, … and `most`."""
    number = 2
    while number < most:
        yield number
        number *= 2
    if most > 1:
        yield most


def _pays_off(step: Callable[[], object], few: int, many: int, steps: int) -> bool:
    """In alternating rounds, of which the fastest counts: others may have been interrupted by other processes."""
    best = {few: math.inf, many: math.inf}
    deadline = time.perf_counter() + _TRIAL_SECONDS
    for _ in range(_ROUNDS):
        for threads in (many, few):
            torch.set_num_threads(threads)
            best[threads] = min(best[threads], _seconds(step, steps))
        if time.perf_counter() > deadline:
            break
    return best[many] <= GAIN * best[few]


def _seconds(step: Callable[[], object], steps: int) -> float:
    """Of one step."""
    began = time.perf_counter()
    for _ in range(steps):
        step()
    return (time.perf_counter() - began) / steps
