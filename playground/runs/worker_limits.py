"""What one run may take at most: memory, floating-point operations and time. Kept by the process that computes it."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playground.network import trace
from playground.runs.exit_reasons import USE_LESS_MEMORY
from playground.settings import settings
from playground.spec import ExperimentSpec
from playground.training import Started
from playground.training.device import pick_device

PASSES = 3
"""A step costs as much as so many forward passes: the backward pass takes twice as much as the forward pass."""

_STATUS = Path("/proc/self/status")
_PREFERRED = 500


class WorkerLimitError(Exception):
    """A run exceeds a limit of the server; the message names it, and who can raise it. advice: what to try."""

    def __init__(self, message: str, advice: tuple[str, ...]) -> None:
        super().__init__(message)
        self.advice = advice


@contextmanager
def memory_limited(spec: ExperimentSpec) -> Iterator[None]:
    """Within this block, the process gets so much memory besides what it has, as the settings say; beyond it, allocations fail, and nothing
    is killed. Where the system has no such limit (Linux has), and on a GPU, whose driver reserves more memory than it uses, there is none.

    What counts is what setrlimit(2) calls data: private memory that can be written, also if it is a file that was mapped.
    Raises: WorkerLimitError in place of the error with which an allocation failed."""
    most = settings().run_memory_bytes
    data = _data_bytes()
    if not most or data is None or pick_device(spec.training.device).type != "cpu":
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (data + most, before[1]))
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        resource.setrlimit(resource.RLIMIT_DATA, before)  # what follows needs some memory, too
        if not is_out_of_memory(error):
            raise
        raise WorkerLimitError(
            f"This run needs more than {_in_units(most, 'B')} of memory, the limit for one run. The operator of this server "
            f"can allow more: PLAYGROUND_RUN_MEMORY_BYTES.",
            USE_LESS_MEMORY[:1],
        ) from error
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an allocation failed. Torch's allocators and kernels raise a plain RuntimeError."""
    return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and _OUT_OF_MEMORY.search(str(error)) is not None)


_OUT_OF_MEMORY = re.compile(r"can't allocate memory|not enough memory|out of memory|bad_?alloc|could not create a memory", re.IGNORECASE)


def check_work(spec: ExperimentSpec, started: Started) -> None:
    """Raises: WorkerLimitError if all steps together need more floating-point operations than the settings allow."""
    most = settings().run_flops
    if not most:
        return
    examples = started.epochs * min(started.steps_per_epoch * started.batch_size, started.train_samples)
    needed = PASSES * trace(spec).flops * examples
    if needed > most:
        raise WorkerLimitError(
            f"This run needs about {_in_units(needed, 'FLOPs')} for {started.epochs * started.steps_per_epoch:,} steps; the limit for "
            f"one run is {_in_units(most, 'FLOPs')}. The operator of this server can allow more: PLAYGROUND_RUN_FLOPS.",
            ("Train fewer epochs, on fewer examples, or make layers smaller.",),
        )


def die_first() -> None:
    """If the computer runs out of memory, the system ends this process rather than the server (proc(5), oom_score_adj)."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(_PREFERRED))


def _data_bytes() -> int | None:
    """What RLIMIT_DATA counts of this process; None if the system does not say, or has no such limit."""
    if not sys.platform.startswith("linux"):
        return None
    with suppress(OSError):
        found = re.search(r"^VmData:\s+(\d+) kB$", _STATUS.read_text(), re.MULTILINE)
        return None if found is None else 1024 * int(found[1])
    return None


def _in_units(count: float, unit: str) -> str:
    for power, prefix in ((18, "E"), (15, "P"), (12, "T"), (9, "G"), (6, "M"), (3, "k")):
        if count >= 10**power:
            return f"{count / 10**power:,.3g} {prefix}{unit}"
    return f"{count:,.3g} {unit}"
