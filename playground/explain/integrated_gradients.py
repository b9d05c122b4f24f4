"""Integrated Gradients: the gradient along the path from a baseline to the input."""

import time
from typing import ClassVar, Literal

from pydantic import Field
from torch import Tensor

from playground.explain.base import Answer, Method, Question
from playground.explain.baselines import Baseline

_MOST = 1000
_TOLERANCE = 0.002
"""Error that is small enough, as a share of the output minus the output at the baseline."""
_SECONDS = 2.0
"""How long looking for enough steps may take."""


class IntegratedGradients(Method):
    """Moves from the baseline to the input step by step and adds up what each input value contributes (Sundararajan et al. 2017).

    The values add up to the output minus the output at the baseline; the convergence delta is the error, and more steps make it
    smaller."""

    title: ClassVar[str] = "Integrated gradients"
    source: ClassVar[str] = "Sundararajan, Taly, Yan 2017, arXiv:1703.01365"
    complete: ClassVar[bool] = True
    first: ClassVar[int] = 25
    """How many steps are tried first."""

    kind: Literal["integrated_gradients"] = "integrated_gradients"
    baseline: Baseline = Field("black", title="Baseline", description="The input that represents “nothing there”")
    n_steps: int | None = Field(
        None,
        ge=2,
        le=_MOST,
        title="Steps",
        description="Between baseline and input; more steps are more accurate and take longer. If empty, as many as are needed for an "
        "error of at most 0.2 %, or as 2 seconds allow",
        json_schema_extra={"none": "automatic"},
    )

    def answer(self, question: Question) -> Answer:
        import captum.attr  # noqa: F401  takes a second the first time, which should not count

        began, steps = time.perf_counter(), self.n_steps or self.first
        values, deltas = _integrated(question, steps)
        ended, took = time.perf_counter(), time.perf_counter() - began
        while self.n_steps is None and 2 * steps <= _MOST and ended - began + 2 * took <= _SECONDS:
            changes = values.flatten(1).sum(dim=1) - deltas
            rest = (deltas.abs() > _TOLERANCE * changes.abs()).nonzero()[:, 0]
            if not len(rest):
                break
            started, steps = ended, 2 * steps
            values[rest], deltas[rest] = _integrated(question.of(rest), steps)
            ended = time.perf_counter()
            took = ended - started
        return Answer(values, deltas)


def _integrated(question: Question, steps: int) -> tuple[Tensor, Tensor]:
    """The values, and by how much the sum of each example's is off."""
    from captum.attr import IntegratedGradients as CaptumIntegratedGradients

    values, deltas = CaptumIntegratedGradients(question.model).attribute(
        question.x,
        baselines=question.baseline,
        target=question.targets,
        n_steps=steps,
        internal_batch_size=question.at_once,
        return_convergence_delta=True,
        additional_forward_args=question.fixed or None,
    )
    return question.per_symbol(values).detach(), deltas
