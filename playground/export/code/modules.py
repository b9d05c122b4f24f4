"""PyTorch modules as the code that makes them: their repr, without arguments that equal the defaults."""

import ast
from collections.abc import Iterator, Sequence

import torch
from torch import nn

from playground.catalog.layers import Layer, Weighted
from playground.catalog.layers.block_modules import ParallelBlock, ResidualBlock
from playground.catalog.layers.features_modules import Features
from playground.catalog.layers.network_modules import Chain, Network
from playground.catalog.layers.shapes import measured
from playground.catalog.layers.weights import Freezable
from playground.catalog.tensors import TensorSpec
from playground.export.code.collector import Collector
from playground.network import module_name
from playground.paths import layers_in_order
from playground.spec import ExperimentSpec

_INITIAL = "playground.catalog.layers.initial_weights"


class ModelCode:
    """The expressions of a chain of layers; their dependencies are added to the collector."""

    def __init__(self, collector: Collector, outputs: int) -> None:
        self._collector, self._outputs = collector, outputs
        self._chain = "nn.Sequential"

    def network(self, layers: Sequence[Layer], model: Network, x: TensorSpec) -> Iterator[str]:
        """The call that makes the network, with one layer per line. x: its input."""
        if model.padding == "none":
            yield f"{self._chain}("
            yield from self.chain(layers, model, x)
        else:
            self._chain = self._collector.project(Chain.__module__, "Chain")
            yield f"{self._collector.project(Network.__module__, 'Network')}("
            yield from self.chain(layers, model, x)
            yield f"padding={model.padding!r},"
        yield ")"

    def chain(self, layers: Sequence[Layer], modules: nn.Module, x: TensorSpec) -> Iterator[str]:
        """One line per layer, with its output shape as a comment."""
        for layer, module in zip(layers, modules.children(), strict=True):
            made = self._layer(layer, module, x)
            x = measured(layer.sized(self._outputs), x).tensor
            yield f"{made},  # {x}"

    def _layer(self, layer: Layer, module: nn.Module, x: TensorSpec) -> str:
        made = self._module(layer, module, x)
        if isinstance(layer, Weighted) and layer.init != "default":
            made = f"{self._initialized(layer)}({made})"
        return f"{made}.requires_grad_(False)" if isinstance(layer, Freezable) and layer.frozen else made

    def _module(self, layer: Layer, module: nn.Module, x: TensorSpec) -> str:
        match module:
            case ResidualBlock():
                name = self._collector.project(ResidualBlock.__module__, "ResidualBlock")
                body = self._sequence(layer.branches()[0][1], module.body, x)
                return f"{name}(\n{body},\n{self._built(module.shortcut)},\n)"
            case ParallelBlock():
                name = self._collector.project(ParallelBlock.__module__, "ParallelBlock")
                chains = zip(layer.branches(), module.branches, strict=True)
                branches = "".join(f"{self._sequence(inner, chain, x)},\n" for (_, inner), chain in chains)
                return f"{name}(\n{branches}join={module.join!r},\n{'steps=True,' if module.steps else ''}\n)"
        return self._built(module)

    def _built(self, module: nn.Module) -> str:
        """The call that makes a module without layers of the spec inside."""
        if isinstance(module, nn.Sequential):
            return f"nn.Sequential({', '.join(map(self._built, module))})"
        kind = type(module)
        name = f"nn.{kind.__name__}" if kind.__module__.startswith("torch.") else self._collector.project(kind.__module__, kind.__name__)
        return f"{name}({repr(module.formulas) if isinstance(module, Features) else _arguments(module)})"

    def _sequence(self, layers: Sequence[Layer], modules: nn.Module, x: TensorSpec) -> str:
        lines = list(self.chain(layers, modules, x))
        return f"{self._chain}(\n" + "\n".join(lines) + "\n)" if lines else f"{self._chain}()"

    def _initialized(self, layer: Weighted) -> str:
        return self._collector.returning(_INITIAL, "initialize", layer.init, "module", init=layer.init, value=layer.init_value)


def penalties(spec: ExperimentSpec) -> Iterator[tuple[str, float, float]]:
    """The regularized weights of `model` as code, also inside blocks, with their L1 and L2 factors."""
    for path, layer in layers_in_order(spec):
        if isinstance(layer, Weighted) and (layer.l1 or layer.l2) and not layer.frozen:
            yield attribute(f"{module_name(path)}.weight"), layer.l1, layer.l2


def attribute(name: str) -> str:
    """The code of a module, a parameter or a setting of `model`, by its dotted name: "2.body.0.weight" → "model[2].body[0].weight"."""
    return "model" + "".join(f"[{part}]" if part.isdecimal() else f".{part}" for part in name.split("."))


def _arguments(module: nn.Module) -> str:
    """What its class is called with."""
    call = ast.parse(f"{type(module).__name__}({module.extra_repr()})", mode="eval").body
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        raise ValueError(f"{module!r} is not a call that makes the module")
    positions = [ast.literal_eval(each) for each in call.args]
    settings = {str(each.arg): ast.literal_eval(each.value) for each in call.keywords}
    for name in list(settings):
        without = {other: value for other, value in settings.items() if other != name}
        value = settings[name]
        if _makes(module, positions, without):
            settings = without
        elif isinstance(value, tuple) and len(set(value)) == 1 and _makes(module, positions, {**settings, name: value[0]}):
            settings[name] = value[0]
    while settings and isinstance(module, nn.Linear) and (first := next(iter(settings))).endswith("features"):
        positions.append(settings.pop(first))
    written = [repr(value) for value in positions] + [f"{name}={value!r}" for name, value in settings.items()]
    return ", ".join(written)


def _makes(module: nn.Module, positions: list[object], settings: dict[str, object]) -> bool:
    """Whether these arguments give a module with the same repr."""
    try:
        with torch.device("meta"):
            return repr(type(module)(*positions, **settings)) == repr(module)
    except (TypeError, ValueError, RuntimeError):
        return False
