"""Integrated Gradients: the gradient along the way from a baseline to the input."""

from typing import ClassVar, Literal

from pydantic import Field

from playground.explain.base import Answer, Method, Question
from playground.explain.baselines import Baseline

_EVALUATIONS_AT_ONCE = 64


class IntegratedGradients(Method):
    """Turns the baseline into the input step by step and adds up what each pixel contributes on the way (Sundararajan et al. 2017).

    The values add up to the output minus the output at the baseline; the convergence delta says how far they are off, and more
    steps make it smaller."""

    title: ClassVar[str] = "Integrated gradients"
    source: ClassVar[str] = "Sundararajan, Taly, Yan 2017, arXiv:1703.01365"
    complete: ClassVar[bool] = True

    kind: Literal["integrated_gradients"] = "integrated_gradients"
    baseline: Baseline = Field("black", title="Baseline", description="The picture that stands for nothing there")
    n_steps: int = Field(50, ge=2, le=1000, title="Steps", description="Between baseline and input; more are more exact and take longer")

    def answer(self, question: Question) -> Answer:
        from captum.attr import IntegratedGradients as CaptumIntegratedGradients

        values, deltas = CaptumIntegratedGradients(question.model).attribute(
            question.x,
            baselines=question.baseline,
            target=question.targets,
            n_steps=self.n_steps,
            internal_batch_size=max(_EVALUATIONS_AT_ONCE, len(question.x)),
            return_convergence_delta=True,
        )
        return Answer(values, deltas)
