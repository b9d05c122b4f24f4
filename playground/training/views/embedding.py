"""What a layer outputs for test examples, in two dimensions."""

from collections.abc import Generator
from functools import lru_cache
from typing import ClassVar, Final

import torch
from torch import Tensor

from playground.paths import item
from playground.spec import ExperimentSpec
from playground.training.batches import Examples
from playground.training.layer_probe import LayerProbe, ProbedLayer, probed_layers
from playground.training.views.base import Seen, Values, ViewInParts, classes_of, values_of

EXAMPLES: Final = 500
"""Test examples that are shown: always the same ones."""
MOST_NUMBERS: Final = 16_384
"""Of a layer's output for one example; larger ones would take too long."""
MOST_LAYERS: Final = 16


class Embedding(ViewInParts):
    """(1 + N, 1 + 2 · layers): for each example its class, and for each layer its place in the plane of the first two principal components
    of the layer's outputs, turned and mirrored so that it is closest to the place before (orthogonal Procrustes).

    First, for each layer: the share of the variance that lies in that plane, and how far the examples have moved since the picture before,
    as a mean relative to their spread, the root of the mean square distance from their center; NaN in the first one. Layers at which
    nobody looks are NaN.

    Source: Schönemann 1966, Psychometrika 31:1 (Procrustes)."""

    name: ClassVar[str] = "embedding"
    title: ClassVar[str] = "Test examples as a layer sees them"
    tab: ClassVar[str] = "embedding"
    form: ClassVar[str] = "embedding"
    asked: ClassVar[bool] = True
    smooth: ClassVar[bool] = True

    def __init__(self, spec: ExperimentSpec, device: torch.device) -> None:
        super().__init__(spec, device)
        self._layers = embedded_layers(spec)
        self._examples: Examples | None = None
        self._places: dict[int, Tensor] = {}

    @classmethod
    def applies(cls, spec: ExperimentSpec) -> bool:
        return spec.data.task.has_classes and not spec.data.task.per_step and bool(embedded_layers(spec))

    @classmethod
    def choices(cls, spec: ExperimentSpec) -> tuple[str, ...]:
        return tuple(layer.label for layer in embedded_layers(spec))

    @classmethod
    def caption(cls, spec: ExperimentSpec) -> str:
        return "The plane of the first two principal components of the layer's outputs, turned to fit the picture before."

    def parts(self, seen: Seen) -> Generator[None, None, Values]:
        if seen.probe is None:
            raise ValueError("an embedding needs a probe")
        if self._examples is None:
            self._examples = seen.test.sample(EXAMPLES)
        examples = self._examples
        rows = torch.full((1 + len(examples), 1 + 2 * len(self._layers)), torch.nan)
        rows[1:, 0] = classes_of(examples.targets)
        for choice in sorted(seen.choices(self.name)):
            if choice < len(self._layers):
                outputs = yield from self._outputs(seen, seen.probe, examples, self._layers[choice])
                places, explained = principal_plane(outputs)
                yield
                moved = torch.nan
                if choice in self._places:
                    places, moved = aligned(places, self._places[choice])
                self._places[choice] = places
                rows[0, 1 + 2 * choice], rows[0, 2 + 2 * choice] = explained, moved
                rows[1:, 1 + 2 * choice : 3 + 2 * choice] = places
        return values_of(rows)

    def _outputs(self, seen: Seen, probe: LayerProbe, examples: Examples, layer: ProbedLayer) -> Generator[None, None, Tensor]:
        """(N, numbers) outputs of a layer."""
        outputs = []
        for start in range(0, len(examples), seen.part):
            inputs, _ = examples.part(start, start + seen.part)
            ((_, output),) = probe.observed([layer], inputs)
            outputs.append(output.flatten(1))
            yield
        return torch.cat(outputs)


@lru_cache(maxsize=64)
def embedded_layers(spec: ExperimentSpec) -> tuple[ProbedLayer, ...]:
    """The layers of the network itself whose outputs can be shown, at most `MOST_LAYERS`: from the last hidden one back to the first, then
    the last one."""
    outer = [layer for layer in probed_layers(spec) if "." not in layer.path]
    layers = [*reversed(outer[:-1]), *outer[-1:]]
    varies = spec.data.tensor.varies
    shown = [
        layer
        for layer in layers
        if 2 <= layer.y.numbers <= MOST_NUMBERS
        and not (varies and layer.y.has("length"))
        and layer.y.vocabulary is None
        and item(spec, layer.path).group not in ("Shape", "Regularization")
    ]
    return tuple(shown[:MOST_LAYERS])


def principal_plane(outputs: Tensor) -> tuple[Tensor, float]:
    """Scores of the first two principal components, (N, 2), and the share of the variance that they have; NaN and 0 if not all outputs are
    numbers. outputs: (N, F)."""
    centered = outputs.to("cpu", torch.float64)  # which not every accelerator has
    centered = centered - centered.mean(dim=0)
    examples, numbers = centered.shape
    if examples < 2 or not bool(centered.isfinite().all()):
        return torch.full((examples, 2), torch.nan, dtype=torch.float64), 0.0
    if numbers <= examples:
        variances, directions = torch.linalg.eigh(centered.T @ centered)
        places = centered @ directions[:, -2:].flip(1)
    else:
        variances, directions = torch.linalg.eigh(centered @ centered.T)
        places = directions[:, -2:].flip(1) * variances[-2:].flip(0).clamp(min=0).sqrt()
    total = float(variances.clamp(min=0).sum())
    return places, float(variances[-2:].clamp(min=0).sum()) / total if total else 0.0


def aligned(places: Tensor, before: Tensor) -> tuple[Tensor, float]:
    """The places (N, 2), turned and mirrored so that the sum of squared distances to those before is smallest, and their mean distance,
    relative to the spread."""
    left, _, right = torch.linalg.svd(places.T @ before)
    turned = places @ (left @ right)
    spread = turned.square().sum(dim=1).mean().sqrt()
    return turned, float((turned - before).square().sum(dim=1).sqrt().mean() / spread)
