"""Saliency: the gradient at the input."""

from typing import ClassVar, Literal

from pydantic import Field

from playground.explain.base import Answer, Method, Question


class Saliency(Method):
    """How much the output moves when a pixel moves a little: the gradient of the output with respect to the input (Simonyan et al. 2013).

    Local: it says what a small change does, not what made the answer. For a linear network it is the weights."""

    title: ClassVar[str] = "Saliency"
    source: ClassVar[str] = "Simonyan, Vedaldi, Zisserman 2013, arXiv:1312.6034"

    kind: Literal["saliency"] = "saliency"
    absolute: bool = Field(False, title="Without sign", description="Only how strongly a pixel matters, as in the paper")

    def answer(self, question: Question) -> Answer:
        from captum.attr import Saliency as CaptumSaliency

        return Answer(CaptumSaliency(question.model).attribute(question.x, target=question.targets, abs=self.absolute))
