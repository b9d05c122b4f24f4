"""How the layers of a network are doing: their gradients, activations and updates, measured with a fixed batch."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import torch
from torch import Tensor, nn

from playground.catalog.answers import StepLoss
from playground.catalog.layers import Layer
from playground.catalog.layers.activations import Activation
from playground.catalog.layers.network_modules import Network
from playground.catalog.layers.ranges import ANY
from playground.catalog.layers.weights import Freezable
from playground.catalog.readouts import Readout
from playground.catalog.tensors import SEQUENCE, TensorSpec
from playground.network import Row, examples_at_once, forward_bytes, module_name, trace
from playground.paths import item, numbered
from playground.spec import ExperimentSpec
from playground.training.batches import Examples

MEASURES: Final = ("gradients", "activations", "dead units", "updates")
"""What is measured of each layer, in the order of the rows of `LayerProbe.measure`."""

Hook = Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]

_EXAMPLES = 64
_STEPS = 512
_FEWEST = 8


@dataclass(frozen=True)
class ProbedLayer:
    """path: in the spec; module: its name in the network; label: its number and title, for people. x, y: its input and output for one
    example. rectifies: whether it sets a range of numbers to zero, so that a unit can be dead. frozen: whether its weights stay as they
    are."""

    path: str
    module: str
    label: str
    x: TensorSpec
    y: TensorSpec
    rectifies: bool
    frozen: bool


@lru_cache(maxsize=64)
def probed_layers(spec: ExperimentSpec) -> tuple[ProbedLayer, ...]:
    """All layers, those inside blocks after the block itself."""
    return tuple(_probed(row, item(spec, row.path)) for row in trace(spec).in_order())


def _probed(row: Row, layer: Layer) -> ProbedLayer:
    out = layer.output_range(ANY, row.tensor_in)
    rectifies = isinstance(layer, Activation) and out.low == 0 and out.blocks_gradient
    frozen = isinstance(layer, Freezable) and layer.frozen
    label = f"{numbered(row.path)} {row.title}"
    return ProbedLayer(row.path, module_name(row.path), label, row.tensor_in, row.tensor_out, rectifies, frozen)


def probe_size(spec: ExperimentSpec) -> int:
    """Examples of the fixed batch: 64, fewer where each has an answer at every step, or where more do not fit into memory at once."""
    size = max(_FEWEST, min(_EXAMPLES, _STEPS // spec.data.tensor.size("length"))) if spec.data.task.per_step else _EXAMPLES
    traced = trace(spec)
    return examples_at_once(traced.kept_bytes + 2 * forward_bytes(traced), size)


class LayerProbe:
    """Measures a copy of the network that training changes; nothing of it draws random numbers.

    network: the copy, in evaluation mode. train: training examples, of which it takes the same ones every time. loss: as in training,
    without penalties on weights."""

    def __init__(self, spec: ExperimentSpec, network: nn.Module, train: Examples, loss: nn.Module, readout: Readout) -> None:
        self.layers = probed_layers(spec)
        self._network = network
        self._loss: Callable[[Tensor, Tensor], Tensor] = StepLoss(loss, readout.encode) if spec.data.task.per_step else loss
        batch = train.sample(probe_size(spec))
        self.inputs, self._targets = batch.part(0, len(batch))
        self.valid = valid_steps(network, self.inputs)
        self._weights = _by_layer(network, self.layers)
        for weight in (weight for layer in self._weights for weight in layer):
            weight.requires_grad_()  # those of a moving average have no gradients of their own

    @torch.no_grad()
    def updates(self, model: nn.Module, steps: int) -> Tensor:
        """‖Δw‖ / ‖w‖ / steps of each layer's trained weights w, (layers,): Δw is the way from the copy, which is older by so many steps, to
        the model. NaN for layers without any, or with w = 0."""
        ratios = []
        for old, new in zip(self._weights, _by_layer(model, self.layers), strict=True):
            moved = _norm([later - earlier for earlier, later in zip(old, new, strict=True)])
            ratios.append(moved / _norm(old) / steps if old else torch.tensor(torch.nan))
        together = torch.stack([ratio.to("cpu", torch.float32) for ratio in ratios])
        return together.masked_fill(~together.isfinite(), torch.nan)

    def measure(self) -> Generator[None, None, Tensor]:
        """Gradients, activations and dead units, (3, layers): the norm of the gradient of the batch's loss with respect to each layer's
        trained weights; the mean absolute value of its output; and of a layer that rectifies, the share of units, features or channels,
        whose output is 0 for all examples, at all pixels and steps. NaN where there is none."""
        yield
        activations: dict[str, tuple[Tensor, Tensor]] = {}
        with _gradients(), self._watched(activations):
            loss = self._loss(self._network(self.inputs), self._targets)
            weights = [weight for layer in self._weights for weight in layer]
            slopes = iter(torch.autograd.grad(loss, weights, materialize_grads=True))
        none = torch.tensor(torch.nan, device=self.inputs.device)
        norms = [_norm([next(slopes) for _ in layer]) if layer else none for layer in self._weights]
        sizes, dead = zip(*(activations.get(layer.module, (none, none)) for layer in self.layers), strict=True)
        yield
        return torch.stack([torch.stack(list(row)).to("cpu", torch.float32) for row in (norms, sizes, dead)])

    @contextmanager
    def _watched(self, activations: dict[str, tuple[Tensor, Tensor]]) -> Iterator[None]:
        """By the name of its module, the mean absolute output of each layer, and its share of dead units."""

        def hook_of(layer: ProbedLayer) -> Hook:
            return lambda module, inputs, output: activations.update({layer.module: _activity(output.detach(), layer, self.valid)})

        with _hooked([(self.module(layer), hook_of(layer)) for layer in self.layers]):
            yield

    def module(self, layer: ProbedLayer) -> nn.Module:
        """Of the copy."""
        return self._network.get_submodule(layer.module)

    @torch.no_grad()
    def observed(self, layers: Sequence[ProbedLayer], inputs: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Input and output of each of these layers when the inputs pass through the network."""
        pairs: dict[str, tuple[Tensor, Tensor]] = {}

        def hook_of(layer: ProbedLayer) -> Hook:
            return lambda module, inputs, output: pairs.update({layer.module: (inputs[0], output)})

        with _hooked([(self.module(layer), hook_of(layer)) for layer in layers]):
            self._network(inputs)
        return [pairs[layer.module] for layer in layers]


@contextmanager
def _hooked(modules: Sequence[tuple[nn.Module, Hook]]) -> Iterator[None]:
    handles = [module.register_forward_hook(hook) for module, hook in modules]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def valid_steps(network: nn.Module, inputs: Tensor) -> Tensor | None:
    """Which steps of sequences are no padding, bool (N, L); None if all have the same length."""
    padding = network.padding if isinstance(network, Network) else "none"
    if padding == "none":
        return None
    return inputs != 0 if padding == "symbol" else ~inputs.isnan().any(dim=2)


def by_unit(output: Tensor, y: TensorSpec, valid: Tensor | None) -> Tensor:
    """The outputs of a layer by unit, its feature or channel: (numbers of the unit, units). valid: as in `valid_steps`; padding is left
    out."""
    if y.names == SEQUENCE:
        return output[valid] if valid is not None and valid.shape == output.shape[:2] else output.flatten(0, 1)
    return output.transpose(0, 1).flatten(1).T


def _activity(output: Tensor, layer: ProbedLayer, valid: Tensor | None) -> tuple[Tensor, Tensor]:
    with torch.no_grad():
        units = by_unit(output, layer.y, valid)
        dead = (units == 0).all(dim=0).float().mean() if layer.rectifies else units.new_tensor(torch.nan)
        return units.abs().mean(), dead


def _by_layer(model: nn.Module, layers: tuple[ProbedLayer, ...]) -> list[list[nn.Parameter]]:
    """The trained weights of each layer; those of a block that belong to none of its layers are its own."""
    homes = {layer.module: list[nn.Parameter]() for layer in layers}
    for name, parameter in model.named_parameters():
        home, _, _ = name.rpartition(".")
        while home not in homes:
            home, _, _ = home.rpartition(".")
        homes[home].append(parameter)
    return [[] if layer.frozen else homes[layer.module] for layer in layers]


def _norm(tensors: Sequence[Tensor]) -> Tensor:
    """Of all numbers in these tensors; 0 for none."""
    return torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(tensor) for tensor in tensors])) if tensors else torch.zeros(())


@contextmanager
def _gradients() -> Iterator[None]:
    """For the network in evaluation mode: cuDNN has no backward pass of recurrent layers in evaluation mode."""
    with torch.inference_mode(False), torch.enable_grad(), torch.backends.cudnn.flags(enabled=False):
        yield
