"""L-BFGS."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from pydantic import Field
from torch import nn, optim

from playground.catalog.optimizers.base import Optimizer


class LBFGS(Optimizer):
    """Guesses the curvature of the loss from its last gradients and goes straight for the bottom: very fast on small data in one batch.

    Looks at a batch several times a step. It does not fit mini-batches, where every step is about another loss and the curvature that it
    guesses is none; nor large networks, as it keeps its memory's worth of past gradients."""

    title: ClassVar[str] = "L-BFGS"
    source: ClassVar[str] = "Liu and Nocedal 1989, Math. Program. 45:503"
    needs_closure: ClassVar[bool] = True

    kind: Literal["lbfgs"] = "lbfgs"
    lr: float = Field(1.0, gt=0, le=100, title="Learning rate", description="Where along its direction a step begins to look")
    iterations: int = Field(
        5,
        ge=1,
        le=100,
        title="Iterations",
        description="How often it moves on a batch before the next; each looks at the batch at least once",
    )
    memory: int = Field(
        10,
        ge=1,
        le=100,
        title="Memory",
        description="Past gradients from which it guesses the curvature",
        json_schema_extra={"advanced": True},
    )
    line_search: bool = Field(
        True,
        title="Line search",
        description="Look along the direction for a step that goes down far enough (strong Wolfe conditions)",
        json_schema_extra={"advanced": True},
    )

    def build(self, parameters: Iterable[nn.Parameter]) -> optim.Optimizer:
        learns = [parameter for parameter in parameters if parameter.requires_grad]
        search = "strong_wolfe" if self.line_search else None
        return optim.LBFGS(learns, lr=self.lr, max_iter=self.iterations, history_size=self.memory, line_search_fn=search)

    def kept_numbers(self) -> int:
        """Two for each of the steps that it remembers, with its direction and the last gradient."""
        return 2 * self.memory + 2
