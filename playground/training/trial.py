"""How the CPU computes the steps of a network fastest: on how many threads, and with images in which order of memory."""

import copy
import math
import time
from collections.abc import Callable, Iterator
from typing import Literal, cast

import torch
from torch import nn

from playground.settings import settings
from playground.spec import MemoryFormat, TrainingSettings
from playground.training.batches import Examples
from playground.training.execution import Execution
from playground.training.isolation import random_states, restore_random
from playground.training.procedures import Procedure

Step = Callable[[], object]
"""Takes a training step, on a copy of the network."""

GAIN = 0.9
"""More threads must take at most this share of the time, because other runs and the pages can use them as well."""
_FORMAT_GAIN = 0.95
"""The same for another memory format, which costs nobody anything."""
_MEASURED_SECONDS = 0.003
"""A measurement takes as many steps as last so long: the clock and the start of threads do not matter then."""
_LEAST_SECONDS = 0.0001
"""A step this short cannot be divided."""
_TRIAL_SECONDS = 0.06
"""For one comparison, if the steps are short enough."""
_ROUNDS = 5


def fastest_execution(
    training: TrainingSettings, model: nn.Module, examples: Examples, procedure: Callable[[nn.Module], Procedure], most_threads: int
) -> Execution:
    """How to compute a run, where its spec leaves that open: by steps with the first examples, on copies of the network. PyTorch's random
    state stays as it was.

    examples: on the device of the run. procedure: trains the network that it is given."""
    device = examples.raw.device
    on_cpu, before = device.type == "cpu", random_states(device)
    batch = examples.take(torch.arange(min(training.batch_size, len(examples)), device=device))

    def step(memory_format: MemoryFormat) -> Step:
        copied = copy.deepcopy(model)
        Execution(torch.get_num_threads(), memory_format).apply(copied)
        take_step = procedure(copied).take_step
        return lambda: take_step(*batch)

    threads = training.threads
    if threads == "auto":
        threads = fastest_threads(step("contiguous"), most_threads) if on_cpu and most_threads > 1 else 1
    memory_format = training.memory_format
    if memory_format == "auto":
        memory_format = cast('Literal["auto"] | MemoryFormat', settings().memory_format)
    if memory_format == "auto":
        convolves = on_cpu and any(isinstance(module, nn.Conv2d) for module in model.modules())
        memory_format = fastest_format(step("contiguous"), step("channels_last"), threads) if convolves else "contiguous"
    restore_random(device, before)
    return Execution(threads, memory_format)


def fastest_threads(step: Step, most: int) -> int:
    """Tries the step with 1, 2, 4, … up to `most` threads, as long as more of them pay off."""
    best = 1
    seconds = _warm_seconds(step, best)
    if seconds > _LEAST_SECONDS:
        for more in _numbers(most):
            if not _is_faster((step, more), (step, best), math.ceil(_MEASURED_SECONDS / seconds), GAIN):
                break
            best = more
    return best


def fastest_format(contiguous: Step, channels_last: Step, threads: int) -> MemoryFormat:
    """Compares steps of the same network in two memory formats."""
    seconds = _warm_seconds(contiguous, threads)
    try:
        channels_last()
        steps = math.ceil(_MEASURED_SECONDS / seconds)
        is_faster = _is_faster((channels_last, threads), (contiguous, threads), steps, _FORMAT_GAIN)
    except RuntimeError:  # a layer or an optimizer that needs its tensors contiguous
        return "contiguous"
    return "channels_last" if is_faster else "contiguous"


def _numbers(most: int) -> Iterator[int]:
    """2, 4, 8, … and `most`."""
    number = 2
    while number < most:
        yield number
        number *= 2
    if most > 1:
        yield most


def _is_faster(candidate: tuple[Step, int], other: tuple[Step, int], steps: int, gain: float) -> bool:
    """Of steps with their numbers of threads, in alternating rounds, of which the fastest counts: others may have been interrupted by other
    processes."""
    best = [math.inf, math.inf]
    deadline = time.perf_counter() + _TRIAL_SECONDS
    for _ in range(_ROUNDS):
        for index, (step, threads) in enumerate((candidate, other)):
            torch.set_num_threads(threads)
            best[index] = min(best[index], _seconds(step, steps))
        if time.perf_counter() > deadline:
            break
    return best[0] <= gain * best[1]


def _warm_seconds(step: Step, threads: int) -> float:
    """Of one step, after a first one."""
    torch.set_num_threads(threads)
    step()
    return _seconds(step, 1)


def _seconds(step: Step, steps: int) -> float:
    """Of one step."""
    began = time.perf_counter()
    for _ in range(steps):
        step()
    return (time.perf_counter() - began) / steps
