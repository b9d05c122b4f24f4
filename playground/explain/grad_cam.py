"""Grad-CAM: where the feature maps of a layer support the class."""

from typing import ClassVar, Literal

from pydantic import Field, field_validator
from torch import nn

from playground.explain.base import Answer, Method, Question
from playground.explain.errors import unknown
from playground.explain.layers import LayerInfo, has_maps, layers


class GradCam(Method):
    """Weights each feature map of a convolution by how much the class depends on it, and adds them up (Selvaraju et al. 2016).

    It shows regions, not pixels: the result has the size of the maps and is enlarged bilinearly."""

    title: ClassVar[str] = "Grad-CAM"
    source: ClassVar[str] = "Selvaraju et al. 2016, arXiv:1610.02391"

    kind: Literal["grad_cam"] = "grad_cam"
    layer: str = Field("", max_length=200, title="Layer", description="Layer whose feature maps are used; empty for the last convolution")
    positive: bool = Field(True, title="Positive parts only", description="Hide evidence against the class, as in the paper")

    @field_validator("layer", mode="before")
    @classmethod
    def _by_number(cls, value: object) -> object:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    @classmethod
    def applies_to(cls, model: nn.Module) -> str | None:
        if any(has_maps(module) for module in model.modules()):
            return None
        return "Grad-CAM needs the feature maps of a convolution over images, and this network has none"

    @classmethod
    def pick(cls, layers: tuple[LayerInfo, ...]) -> tuple[LayerInfo, ...]:
        """The layers that output maps larger than one pixel, from the first convolution on."""
        first = next((index for index, layer in enumerate(layers) if layer.convolution), len(layers))
        return tuple(layer for layer in layers[first:] if len(layer.shape) == 3 and layer.shape[1] * layer.shape[2] > 1)

    def answer(self, question: Question) -> Answer:
        from captum.attr import LayerAttribution, LayerGradCam

        layer = self.chosen(GradCam.pick(layers(question.model, question.x.detach()[:1])))
        cam = LayerGradCam(question.model, question.model.get_submodule(layer))
        coarse = cam.attribute(question.x, target=question.targets, relu_attributions=self.positive)
        fine = LayerAttribution.interpolate(coarse, tuple(question.x.shape[2:]), "bilinear")
        return Answer(fine.expand_as(question.x))

    def chosen(self, choices: tuple[LayerInfo, ...]) -> str:
        """The name of the layer to use.

        Raises: ExplainError if it is not among the choices."""
        names = [layer.name for layer in choices]
        if self.layer:
            if self.layer not in names:
                raise unknown("layer", self.layer, names)
            return self.layer
        return [layer.name for layer in choices if layer.convolution][-1]
