"""What the fork server does before it forks: everything that a worker would otherwise do before its first step.

Workers share this memory, and copy only the pages that they write."""

import ctypes
import gc

import torch
import torch.fx.experimental.symbolic_shapes  # PyTorch imports it for the shapes of convolutions

from playground.catalog.datasets import Circle
from playground.catalog.layers import Dense, Output, ReLU
from playground.catalog.losses import BCE
from playground.runs import worker
from playground.runs.without_compiler import leave_out_compiler
from playground.spec import ExperimentSpec, TrainingSettings
from playground.training import train

TINY = ExperimentSpec(
    data=Circle(samples=20),
    network=(Dense(units=2), ReLU(), Output()),
    loss=BCE(),
    training=TrainingSettings(epochs=1, batch_size=10, device="cpu", threads=1),
)

__all__ = ["TINY", "warm_up", "worker"]


def warm_up() -> None:
    """Trains a tiny network on one CPU thread, without a trial of more: a worker cannot use threads that were started before it was forked.
    Then excludes the objects in memory from garbage collection.

    With a GPU nothing is trained: the first backward pass starts a thread for each device, and an optimizer queries the driver for captured
    graphs. Neither can be forked."""
    leave_out_compiler()
    torch.set_num_threads(1)
    if not torch.cuda.is_available() and not torch.backends.mps.is_available():
        for _ in train(TINY):
            pass
    gc.collect()
    _release_free_memory()
    gc.freeze()  # collecting writes to every object, and so copies every page in each worker


def _release_free_memory() -> None:
    """Workers would fill free memory between used blocks, which copies it page by page."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # GNU C library only
    if trim is not None:
        trim(0)
