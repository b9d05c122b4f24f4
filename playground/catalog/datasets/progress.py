"""How many examples of a set have been generated, for whoever waits for it."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Progress:
    """Called after each example that this process has generated, if anybody watches."""

    watch: Callable[[], None] | None = None


def counted(generate: Callable[P, T]) -> Callable[P, T]:
    """Marks the function that generates one example."""

    @wraps(generate)
    def counting(*args: P.args, **kwargs: P.kwargs) -> T:
        example = generate(*args, **kwargs)
        if Progress.watch is not None:
            Progress.watch()
        return example

    return counting
