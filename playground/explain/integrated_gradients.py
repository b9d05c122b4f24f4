"""Integrated Gradients: the gradient along the path from a baseline to the input."""

from typing import ClassVar, Literal

from pydantic import Field
from torch import Tensor

from playground.explain.base import Answer, Method, Question
from playground.explain.baselines import Baseline

_MOST = 1000
_MOST_BYTES = 100_000_000
"""What all steps together may keep in memory, one after another: a few seconds of work, whatever the size of the network."""
_TOLERANCE = 0.002
"""Error that is small enough, as a share of the output minus the output at the baseline."""


class IntegratedGradients(Method):
    """Moves from the baseline to the input step by step and adds up what each input value contributes (Sundararajan et al. 2017).

    The values add up to the output minus the output at the baseline; the convergence delta is the error, and more steps make it
    smaller."""

    title: ClassVar[str] = "Integrated gradients"
    asks: ClassVar[str] = "How much does each part add to the answer?"
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
        "error of at most 0.2 %, within a few seconds",
        json_schema_extra={"none": "automatic"},
    )

    def answer(self, question: Question) -> Answer:
        steps = self.n_steps or self.first
        most = steps if self.n_steps else min(_MOST, _MOST_BYTES // question.example_bytes)
        values, deltas = _integrated(question, steps)
        while 2 * steps <= most:
            changes = values.flatten(1).sum(dim=1) - deltas
            rest = (deltas.abs() > _TOLERANCE * changes.abs()).nonzero()[:, 0]
            if not len(rest):
                break
            steps *= 2
            values[rest], deltas[rest] = _integrated(question.of(rest), steps)
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
