"""Occlusion: cover a patch and see how much the output falls."""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from playground.explain.base import Answer, Method, Question
from playground.explain.baselines import Baseline
from playground.explain.errors import ExplainError


class Occlusion(Method):
    """Covers one patch after another; how much the output falls is the value of what was covered (Zeiler and Fergus 2013).

    Needs no gradients. Where patches overlap, the value of a pixel is the mean over the patches that cover it."""

    title: ClassVar[str] = "Occlusion"
    source: ClassVar[str] = "Zeiler and Fergus 2013, arXiv:1311.2901"

    kind: Literal["occlusion"] = "occlusion"
    window: int = Field(4, ge=1, le=64, title="Window", description="Side length of the patch", json_schema_extra={"unit": "px"})
    stride: int = Field(
        2,
        ge=1,
        le=64,
        title="Stride",
        description="How far the patch moves at a time, at most its side length",
        json_schema_extra={"unit": "px"},
    )
    baseline: Baseline = Field("black", title="Baseline", description="What the patch covers with")

    @model_validator(mode="after")
    def _no_gaps(self) -> Self:
        if self.stride > self.window:
            raise ValueError(
                f"stride: must be at most the window ({self.window}), got {self.stride}; pixels between patches would be skipped"
            )
        return self

    def answer(self, question: Question) -> Answer:
        from captum.attr import Occlusion as CaptumOcclusion

        sizes = question.x.shape[2:] or question.x.shape[1:]
        if self.window > min(sizes):
            raise ExplainError(f"window: must be at most {min(sizes)} for an input of {'×'.join(map(str, sizes))}, got {self.window}")
        channels = tuple(question.x.shape[1:2]) if question.x.ndim > 2 else ()
        values = CaptumOcclusion(question.model).attribute(
            question.x.detach(),
            sliding_window_shapes=(*channels, *[self.window] * len(sizes)),
            strides=(*channels, *[self.stride] * len(sizes)),
            baselines=question.baseline,
            target=question.targets,
            perturbations_per_eval=max(1, question.at_once // len(question.x)),
        )
        return Answer(values)
