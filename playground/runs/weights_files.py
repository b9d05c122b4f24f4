"""Weights as safetensors files: nothing is ever unpickled, and the contents are checked against what a network expects before use."""

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load as tensors_from_bytes
from safetensors.torch import save as tensors_to_bytes
from torch import Tensor

from playground.runs.run_error import RunError

_MAX_HEADER_BYTES = 1_000_000


def packed(tensors: Mapping[str, Tensor], step: int) -> bytes:
    """Weights after `step` steps as the content of a safetensors file."""
    return tensors_to_bytes({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, metadata={"step": str(step)})


def step_of(path: Path, content: bytes) -> int:
    """The step in the header of a safetensors file (8 bytes of length, then JSON); 0 if there is none.

    Source: https://github.com/huggingface/safetensors#format"""
    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or not 0 < length <= min(len(content) - 8, _MAX_HEADER_BYTES):
        raise _damaged(path)
    try:
        header = json.loads(content[8 : 8 + length])
    except (ValueError, RecursionError):
        raise _damaged(path) from None
    metadata = header.get("__metadata__") if isinstance(header, dict) else None
    text = metadata.get("step") if isinstance(metadata, dict) else None
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 16 else 0


def unpacked(path: Path, content: bytes, expected: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors in the content of a file. expected: those that the network of the spec has.

    Raises: RunError if they are not exactly these."""
    try:
        tensors = tensors_from_bytes(content)
    except (SafetensorError, ValueError, KeyError, RuntimeError):
        raise _damaged(path) from None
    for name, tensor in expected.items():
        if name not in tensors:
            raise RunError(f"{path}: has no {name!r}, which the spec requires; the weights belong to another network")
        stored = tensors[name]
        if stored.shape != tensor.shape:
            raise RunError(f"{path}: {name!r} has shape {tuple(stored.shape)}, the spec requires {tuple(tensor.shape)}")
        if stored.is_floating_point() != tensor.is_floating_point():
            raise RunError(f"{path}: {name!r} has type {stored.dtype}, the spec requires {tensor.dtype}")
    unknown = sorted(tensors.keys() - expected.keys())
    if unknown:
        raise RunError(
            f"{path}: contains {unknown[0][:80]!r}, which the spec's network does not have; the weights belong to another network"
        )
    return tensors


def _damaged(path: Path) -> RunError:
    return RunError(f"{path}: is damaged or not a safetensors file; train the run again or restore the file")


def most_bytes(expected: Mapping[str, Tensor]) -> int:
    """The largest size of a file with these tensors."""
    return sum(tensor.numel() * 8 for tensor in expected.values()) + _MAX_HEADER_BYTES


def read_file(path: Path, limit: int) -> bytes:
    """The content of a regular file of at most `limit` bytes: never of an endless pipe or a device."""
    try:
        with open(path, "rb", opener=_open_nonblocking) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise RunError(f"{path}: is not a regular file")
            content = file.read(limit + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise RunError(f"{path}: cannot be read ({error.strerror})") from None
    if len(content) > limit:
        raise RunError(f"{path}: is larger than the {limit:,} bytes that its spec allows")
    return content


def _open_nonblocking(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
