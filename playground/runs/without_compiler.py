"""Training and tracing without PyTorch's compiler in memory.

Optimizers tell `torch._dynamo` at every step where compiled code must end, some functions tell it for the shapes of meta tensors that they
are not compiled, and PyTorch imports all of it for that: 40 MB and a second, though nothing here is compiled."""

import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeVar

import torch

_NAME = "torch._dynamo"
_Function = TypeVar("_Function", bound=Callable[..., Any])


class _Uncompiled(ModuleType):
    """`torch._dynamo` where nothing is compiled. When anything else is asked of it, the real module is imported and takes its place."""

    @staticmethod
    def graph_break(msg: str = "") -> None:
        """There is no graph to end."""

    @staticmethod
    def disable(fn: _Function, recursive: bool = True, **settings: Any) -> _Function:
        """fn, which runs as it is anyway."""
        return fn

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(_NAME) is self:
            del sys.modules[_NAME]
            del torch._dynamo
        return getattr(importlib.import_module(_NAME), name)


def leave_out_compiler() -> None:
    """Before the first optimizer is built, and the first network traced; does nothing if the compiler is in memory already."""
    if _NAME not in sys.modules:
        sys.modules[_NAME] = torch._dynamo = _Uncompiled(_NAME)
