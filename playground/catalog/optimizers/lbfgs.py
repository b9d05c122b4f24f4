"""L-BFGS."""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Literal

from pydantic import Field
from torch import nn, optim

from playground.catalog.optimizers.base import Optimizer


class LBFGS(Optimizer):
    """Estimates the curvature of the loss from recent gradients and heads straight for the minimum: very fast on small data in one batch.

    Evaluates a batch several times per step. Unsuitable for mini-batches, where the loss differs from step to step and the estimate is
    meaningless, and for large networks, because it stores many past gradients."""

    title: ClassVar[str] = "L-BFGS"
    source: ClassVar[str] = "Liu and Nocedal 1989, Math. Program. 45:503"
    needs_closure: ClassVar[bool] = True
    symbols: ClassVar[Mapping[str, str]] = {}
    too_high: ClassVar[float | None] = None

    kind: Literal["lbfgs"] = "lbfgs"
    lr: float = Field(1.0, gt=0, le=100, title="Learning rate", description="Initial step size along the search direction")
    iterations: int = Field(
        5,
        ge=1,
        le=100,
        title="Iterations",
        description="Updates per batch; each evaluates the batch at least once",
    )
    memory: int = Field(
        10,
        ge=1,
        le=100,
        title="Memory",
        description="Number of past gradients used to estimate the curvature",
        json_schema_extra={"advanced": True},
    )
    line_search: bool = Field(
        True,
        title="Line search",
        description="Search along the direction for a step that reduces the loss enough (strong Wolfe conditions)",
        json_schema_extra={"advanced": True},
    )

    def build(self, parameters: Iterable[nn.Parameter]) -> optim.Optimizer:
        learns = [parameter for parameter in parameters if parameter.requires_grad]
        search = "strong_wolfe" if self.line_search else None
        return optim.LBFGS(learns, lr=self.lr, max_iter=self.iterations, history_size=self.memory, line_search_fn=search)

    def rule(self, step: int) -> tuple[str, ...]:
        return ()

    def kept_numbers(self) -> int:
        """Two per remembered step, plus the direction and the last gradient."""
        return 2 * self.memory + 2
