"""Integrated Gradients: the gradient along the path from a baseline to the input."""

from typing import ClassVar, Literal, Self

from pydantic import Field

from playground.explain.base import Answer, Method, Question
from playground.explain.baselines import Baseline

_SHORT, _LONG = 256, 2000
_FINE, _COARSE = 200, 20


class IntegratedGradients(Method):
    """Moves from the baseline to the input step by step and adds up what each input value contributes (Sundararajan et al. 2017).

    The values add up to the output minus the output at the baseline; the convergence delta is the error, and more steps make it
    smaller."""

    title: ClassVar[str] = "Integrated gradients"
    source: ClassVar[str] = "Sundararajan, Taly, Yan 2017, arXiv:1703.01365"
    complete: ClassVar[bool] = True

    kind: Literal["integrated_gradients"] = "integrated_gradients"
    baseline: Baseline = Field("black", title="Baseline", description="The input that represents “nothing there”")
    n_steps: int = Field(
        50, ge=2, le=1000, title="Steps", description="Between baseline and input; more steps are more accurate and take longer"
    )

    @classmethod
    def usual(cls, steps: int | None) -> Self:
        """More for short sequences, as gradients of recurrent layers change quickly along the path; fewer for very long ones."""
        if steps is None or _SHORT < steps <= _LONG:
            return cls()
        return cls(n_steps=_FINE if steps <= _SHORT else _COARSE)

    def answer(self, question: Question) -> Answer:
        from captum.attr import IntegratedGradients as CaptumIntegratedGradients

        values, deltas = CaptumIntegratedGradients(question.model).attribute(
            question.x,
            baselines=question.baseline,
            target=question.targets,
            n_steps=self.n_steps,
            internal_batch_size=question.at_once,
            return_convergence_delta=True,
            additional_forward_args=question.fixed or None,
        )
        return Answer(question.per_symbol(values), deltas)
