"""What the nursery does before it forks the first worker: everything that a worker would otherwise do before its first step.

A worker shares what lies here in memory and owns only what it writes itself."""

import ctypes
import gc

import torch
import torch._dynamo

from playground.catalog.datasets import Circle
from playground.catalog.layers import Dense, Output, ReLU
from playground.catalog.losses import BCE
from playground.runs import worker
from playground.spec import ExperimentSpec, TrainingSettings
from playground.training import train

TINY = ExperimentSpec(
    data=Circle(samples=20),
    network=(Dense(units=2), ReLU(), Output()),
    loss=BCE(),
    training=TrainingSettings(epochs=1, batch_size=10, device="cpu"),
)

__all__ = ["TINY", "get_ready", "worker"]


def get_ready() -> None:
    """Trains a tiny network for a moment, on one thread and on the CPU, then sets what is left in memory apart.

    Where there is a GPU nothing is trained: a first backward step starts a thread for each device, and an optimizer asks the
    driver about captured graphs. Neither can be forked."""
    torch.set_num_threads(1)
    if not torch.cuda.is_available() and not torch.backends.mps.is_available():
        for _ in train(TINY):
            pass
    gc.collect()
    _give_back_free_memory()
    gc.freeze()  # the collector would write to every object, and so make a copy of every page, in each worker


def _give_back_free_memory() -> None:
    """Free memory between used blocks would be filled by workers, and so be copied page by page."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of the GNU C library
    if trim is not None:
        trim(0)
