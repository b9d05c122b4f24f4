"""How an error that ended a run is explained to its owner."""

import re

import torch

from playground.catalog.datasets import DataError
from playground.runs.exit_reasons import USE_LESS_MEMORY
from playground.runs.messages import Failed
from playground.runs.run_error import RunError
from playground.runs.worker_limits import WorkerLimitError, is_out_of_memory
from playground.spec import SpecError
from playground.training.device import DeviceError

_GPU_OUT_OF_MEMORY = re.compile(
    r"(CUDA|HIP|MPS)\b.*out of memory|CU(BLAS|DNN|SOLVER|SPARSE)_STATUS_ALLOC_FAILED", re.IGNORECASE | re.DOTALL
)
"""What the libraries of a GPU say when they raise a plain RuntimeError."""


def explain(error: Exception) -> Failed:
    """The error in plain words, and what to try. An unexpected error is named as such."""
    if isinstance(error, SpecError | DeviceError | DataError | RunError):
        return Failed(str(error))
    if isinstance(error, WorkerLimitError):
        return Failed(str(error), error.advice, refused=True)
    if isinstance(error, torch.OutOfMemoryError) or (isinstance(error, RuntimeError) and _GPU_OUT_OF_MEMORY.search(str(error))):
        return Failed("The GPU does not have enough memory for this run.", (*USE_LESS_MEMORY, "Train on the device “cpu”."))
    if is_out_of_memory(error):
        return Failed("The computer does not have enough memory for this run.", USE_LESS_MEMORY)
    summary = " ".join(str(error).split())[:300]
    return Failed(f"An unexpected error ended this run ({type(error).__name__}: {summary}); see the server's log.")
