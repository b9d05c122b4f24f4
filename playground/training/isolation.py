"""Isolates a run's random state, number of threads, gradient mode and clock from what its caller does between two events."""

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TypeVar

import torch
from torch import Tensor

E = TypeVar("E")


class Stopwatch:
    """Time spent inside the run, without the time that its caller holds an event, such as pauses."""

    def __init__(self) -> None:
        self._before = 0.0
        self._since: float | None = None
        self._left = time.perf_counter()
        self.away_seconds = 0.0
        """How long the caller held the last event."""

    @property
    def seconds(self) -> float:
        """Time of the run so far."""
        return self._before if self._since is None else self._before + time.perf_counter() - self._since

    def enter(self) -> None:
        self._since = time.perf_counter()
        self.away_seconds = self._since - self._left

    def leave(self) -> None:
        self._before, self._since, self._left = self.seconds, None, time.perf_counter()

    def restart(self, seconds: float = 0.0) -> None:
        """Starts again, after preparation. seconds: of the run before."""
        self._before = seconds
        self._since = time.perf_counter()


class Isolation:
    """Restores the state of a run whenever it continues, and that of its caller whenever an event is yielded.

    Random state: PyTorch's generators of the CPU and of the run's device, seeded once with `seed`. threads: can change inside."""

    def __init__(self, device: torch.device, seed: int, watch: Stopwatch) -> None:
        self._device, self._seed, self._watch = device, seed, watch
        self._own: tuple[Tensor, ...] | None = None
        self._threads = 1

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Within the `with` block, the run's state applies."""
        outside, threads = random_states(self._device), torch.get_num_threads()
        if threads != self._threads:
            torch.set_num_threads(self._threads)
        try:
            if self._own is None:
                self._start()
            else:
                restore_random(self._device, self._own)
            self._watch.enter()
            with torch.inference_mode(False), torch.enable_grad():
                yield
        finally:
            self._watch.leave()
            self._own, self._threads = random_states(self._device), torch.get_num_threads()
            restore_random(self._device, outside)
            if threads != self._threads:
                torch.set_num_threads(threads)

    def _start(self) -> None:
        torch.default_generator.manual_seed(self._seed)
        if self._device.type == "cuda":
            with torch.cuda.device(self._device):
                torch.cuda.manual_seed(self._seed)
        elif self._device.type == "mps":
            torch.mps.manual_seed(self._seed)


def random_states(device: torch.device) -> tuple[Tensor, ...]:
    """The states of PyTorch's generators of the CPU and of the device."""
    if device.type == "cuda":
        return torch.get_rng_state(), torch.cuda.get_rng_state(device)
    if device.type == "mps":
        return torch.get_rng_state(), torch.mps.get_rng_state()
    return (torch.get_rng_state(),)


def restore_random(device: torch.device, states: tuple[Tensor, ...]) -> None:
    """Restores the states returned by `random_states`."""
    torch.set_rng_state(states[0])
    if device.type == "cuda":
        torch.cuda.set_rng_state(states[1], device)
    elif device.type == "mps":
        torch.mps.set_rng_state(states[1])


def isolated(events: Generator[E, None, None], isolation: Isolation) -> Generator[E, None, None]:
    """The same events, each computed within the isolation; closing also happens within it."""
    try:
        while True:
            with isolation.inside():
                try:
                    event = next(events)
                except StopIteration:
                    return
            yield event
    finally:
        with isolation.inside():
            events.close()
