"""How errors that end a run are explained."""

import pytest
import torch

from playground.runs.failures import explain
from playground.spec import SpecError
from playground.training import DeviceError


@pytest.mark.parametrize(
    ("error", "message", "suggestion"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), "The GPU does not have enough memory", "device “cpu”"),
        (RuntimeError("CUDA error: out of memory"), "The GPU does not have enough memory", "device “cpu”"),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"), "The GPU does not", "device “cpu”"),
        (RuntimeError("std::bad_alloc"), "The computer does not have enough memory", "batch size"),
        (
            RuntimeError("DefaultCPUAllocator: can't allocate memory"),
            "The computer does not",
            "batch size",
        ),
        (MemoryError(), "The computer does not have enough memory", "batch size"),
        (DeviceError("training.device: “cuda” is not available"), "training.device: “cuda” is not available", ""),
        (SpecError("network[1]: needs a vector"), "network[1]: needs a vector", ""),
        (ZeroDivisionError("by\n zero"), "An unexpected error ended this run (ZeroDivisionError: by zero)", ""),
        (RuntimeError("x" * 10_000), "An unexpected error ended this run (RuntimeError: xxx", ""),
    ],
)
def test_errors_are_explained(error: Exception, message: str, suggestion: str) -> None:
    failed = explain(error)
    assert failed.message.startswith(message)
    assert len(failed.message) < 500
    assert suggestion in " ".join(failed.advice)
    assert bool(failed.advice) == bool(suggestion)


def test_a_real_allocation_that_fails_is_recognized() -> None:
    with pytest.raises(RuntimeError) as raised:
        torch.empty(2**50, dtype=torch.uint8)
    assert explain(raised.value).message == "The computer does not have enough memory for this run."
