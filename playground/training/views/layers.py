"""How the layers of the network are doing, over the steps of the run."""

from typing import ClassVar

from playground.spec import ExperimentSpec
from playground.training.layer_probe import MEASURES, probe_size, probed_layers
from playground.training.views.base import Seen, Values, ViewOfEvaluation, values_of


class Layers(ViewOfEvaluation):
    """(1 + measures · layers, T): the steps of T evaluations, then for each of `MEASURES` a row for each layer; NaN where there is none."""

    name: ClassVar[str] = "layers"
    title: ClassVar[str] = "Layers over time"
    tab: ClassVar[str] = "layers"
    form: ClassVar[str] = "layers"
    asked: ClassVar[bool] = True
    over_time: ClassVar[bool] = True

    @classmethod
    def applies(cls, spec: ExperimentSpec) -> bool:
        return True

    @classmethod
    def axis_names(cls, spec: ExperimentSpec) -> tuple[str, ...]:
        return tuple(layer.label for layer in probed_layers(spec))

    @classmethod
    def choices(cls, spec: ExperimentSpec) -> tuple[str, ...]:
        return MEASURES

    @classmethod
    def caption(cls, spec: ExperimentSpec) -> str:
        return "What was measured of each layer over the steps of the run."

    @classmethod
    def captions(cls, spec: ExperimentSpec) -> tuple[str, ...]:
        batch = f"for up to {probe_size(spec)} fixed training examples, in evaluation mode (without dropout)"
        whose = "a layer's averaged weights" if spec.training.ema is not None else "a layer's weights"
        return (
            f"Gradients: the norm of the gradient of the loss with respect to each layer's weights, {batch}.",
            f"Activations: the mean absolute value of each layer's output, {batch}.",
            f"Dead units: the share of a rectifier's units (features or channels) that are 0 everywhere, {batch}.",
            f"Updates: how far {whose} moved since the last evaluation, per step and relative to their norm; often about 0.001.",
        )

    def compute(self, seen: Seen) -> Values:
        return values_of(seen.layers.table)
