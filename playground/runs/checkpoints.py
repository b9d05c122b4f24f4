"""A checkpoint as the content of a safetensors file: tensors, and everything else as JSON in its header. Nothing is ever unpickled."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load as tensors_from_bytes
from safetensors.torch import save as tensors_to_bytes
from torch import Tensor

from playground.training.checkpoint import Checkpoint, CheckpointError
from playground.training.execution import Execution

_TREE = "checkpoint"
_VERSION = 1


def packed_checkpoint(checkpoint: Checkpoint) -> bytes:
    """The content of a file."""
    tensors: dict[str, Tensor] = {}
    when = {"step": checkpoint.step, "seconds": checkpoint.seconds, "execution": asdict(checkpoint.execution)}
    tree = {"version": _VERSION, **when, "state": _plain(checkpoint.state, tensors)}
    return tensors_to_bytes(tensors, metadata={_TREE: json.dumps(tree)})


def unpacked_checkpoint(content: bytes) -> Checkpoint:
    """The checkpoint in the content of a file.

    Raises: CheckpointError if it is damaged or of another version."""
    try:
        tree = json.loads(_header(content)["__metadata__"][_TREE])
        if tree["version"] != _VERSION:
            raise CheckpointError("the checkpoint was written by another version of the playground")
        state = _restored(tree["state"], tensors_from_bytes(content))
        return Checkpoint(int(tree["step"]), float(tree["seconds"]), Execution(**tree["execution"]), state)
    except (SafetensorError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, RecursionError, IndexError) as error:
        raise CheckpointError("the checkpoint is damaged") from error


def _header(content: bytes) -> Any:
    """Source: https://github.com/huggingface/safetensors#format"""
    return json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])


def _plain(value: Any, tensors: dict[str, Tensor]) -> Any:
    """The value as JSON: a list of its kind and its parts, since JSON knows neither tuples nor keys that are numbers."""
    match value:
        case Tensor():
            name = str(len(tensors))
            tensors[name] = value.contiguous()
            return ["tensor", name]
        case Mapping():
            return ["dict", [[_plain(key, tensors), _plain(part, tensors)] for key, part in value.items()]]
        case list():
            return ["list", [_plain(part, tensors) for part in value]]
        case tuple():
            return ["tuple", [_plain(part, tensors) for part in value]]
        case None | bool() | int() | float() | str():
            return value
        case _:
            raise TypeError(f"a checkpoint cannot contain {type(value).__name__}")


def _restored(value: Any, tensors: Mapping[str, Tensor]) -> Any:
    match value:
        case ["tensor", name]:
            return tensors[name]
        case ["dict", items]:
            return {_restored(key, tensors): _restored(part, tensors) for key, part in items}
        case ["list", parts]:
            return [_restored(part, tensors) for part in parts]
        case ["tuple", parts]:
            return tuple(_restored(part, tensors) for part in parts)
        case _:
            return value
