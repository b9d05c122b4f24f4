"""The neural-network playground, from Python.

The names below are loaded when first used, so that `import playground` costs nothing."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playground.drawing import prepare_drawing
    from playground.explain import attribute
    from playground.network import build_model, trace
    from playground.opening import load_spec
    from playground.predicting import predict_images, predict_rows
    from playground.runs.directory import load_run
    from playground.runs.generation import generate
    from playground.training import train

__all__ = [
    "attribute",
    "build_model",
    "generate",
    "load_run",
    "load_spec",
    "predict_images",
    "predict_rows",
    "prepare_drawing",
    "trace",
    "train",
]

_HOMES = {
    "attribute": "playground.explain",
    "build_model": "playground.network",
    "generate": "playground.runs.generation",
    "load_run": "playground.runs.directory",
    "load_spec": "playground.opening",
    "predict_images": "playground.predicting",
    "predict_rows": "playground.predicting",
    "prepare_drawing": "playground.drawing",
    "trace": "playground.network",
    "train": "playground.training",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'playground' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
