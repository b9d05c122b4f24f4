"""Attributions and feature maps for the Explain page: computed a few at a time, and cached, since every click reruns the page."""

import threading
from collections.abc import Callable, Hashable, Sequence
from importlib import import_module
from typing import TypeVar, cast

import numpy as np
from cachetools import LRUCache, cached
from torch import Tensor

from playground.catalog.datasets.examples import Array, Split
from playground.explain import (
    Attribution,
    ExplainError,
    GradientFlow,
    LayerInfo,
    Method,
    Prefixes,
    attribute,
    feature_maps,
    gradient_flow,
    layers,
    observe,
    outputs_of_prefixes,
)
from playground.network import build_model, path_of, trace
from playground.paths import item, numbered
from playground.spec import ExperimentSpec
from playground.web.networks import Network

T = TypeVar("T")

_CACHE_BYTES = 100_000_000
_MOST_ANSWERS = 2_000_000
_FEWEST = 8
_FLOW_EXAMPLES = 32
_FLOW_STEPS = 20_000
_FLOW_PRODUCTS, _FLOW_MOST = 2_000_000_000, 10_000_000_000
"""Steps times weights, of all examples and of one."""
_AT_ONCE = threading.BoundedSemaphore(2)


def _size(result: object) -> int:
    """About how many bytes a result takes."""
    values = result.values if isinstance(result, Attribution) else result.outputs if isinstance(result, Prefixes) else result
    return 1000 + (values.nbytes if isinstance(values, Tensor | np.ndarray) else 0)


_results: LRUCache[Hashable, object] = LRUCache(_CACHE_BYTES, _size)


def explained(network: Network, x: Tensor, method: Method, target: int, step: int | None = None) -> Attribution:
    """How much each value or symbol of x, (1, …), contributes to output `target` of the network; step: of which step, where there is an
    answer at every step.

    Raises: ExplainError if the method does not apply; DataError if it needs the training set, and that cannot be loaded."""
    import_module("captum.attr")  # takes a second the first time, which should not count as the method's time
    mean = network.run.training_mean if getattr(method, "baseline", None) == "mean" else None
    run, data = network.run, network.run.spec.data
    return _once(
        (*_state(network), _bytes(x), target, step, method),
        lambda: attribute(run.class_model, x, method, target, step=step, mean=mean, scaled=data.scaled, unknown=data.encoding.unknown),
    )


def test_probabilities(network: Network) -> Array:
    """(N, classes) float32, or (N, L, classes): the probabilities for the test examples, of values the predictions; for the first ones,
    where all of them would take long or much memory. Raises: DataError."""
    return _once((*_state(network), "test"), lambda: network.run.probabilities_of(_examined(network)).numpy())


def _examined(network: Network) -> Array:
    """The first test examples, raw, so many that they have at most _MOST_ANSWERS steps and answers."""
    data = network.run.spec.data
    steps = data.tensor.size("length") if data.tensor.has("length") else 1
    answers = steps * max(1, len(data.classes) if data.task.per_step else 1)
    examined: Array = network.data.test.inputs[: max(_FEWEST, _MOST_ANSWERS // answers)]
    return examined


def layers_of(network: Network, x: Tensor) -> tuple[LayerInfo, ...]:
    """The layers that process x. Raises: ExplainError."""
    return _once((*_state(network), "layers", tuple(x.shape)), lambda: layers(network.run.model, x))


def titles_of(network: Network, layers: Sequence[LayerInfo]) -> dict[str, str]:
    """Titles of these layers by name, numbered as in the editor, with their output shapes: "1 Convolution 2D, 16×28×28", inside a block
    "3.2 ReLU, …". For layers that consist of several modules, the title says which: "3 Residual block: shortcut Conv2d"."""
    return {info.name: f"{_title(network.run.spec, info)}, {'×'.join(map(str, info.shape))}" for info in layers}


def _title(spec: ExperimentSpec, info: LayerInfo) -> str:
    path, inside = path_of(spec, info.name)
    title = f"{numbered(path)} {item(spec, path).title}"
    parts = " ".join(str(int(part) + 1) if part.isdecimal() else part for part in inside.split("."))
    return f"{title}: {parts} {info.title}" if inside else title


def maps_of(network: Network, x: Tensor, layer: str) -> Tensor:
    """The output of this layer for x: (channels, H, W) or (units,). Raises: ExplainError."""
    return _once((*_state(network), "maps", _bytes(x), layer), lambda: feature_maps(network.run.model, x, layer))


def observed(network: Network, x: Tensor, path: str, name: str) -> Tensor:
    """What `name` is in the layer at the path for x: (1, …). Raises: ExplainError."""
    return _once((*_state(network), "observed", _bytes(x), path, name), lambda: observe(network.run.model, x, path, name))


def prefixes_of(network: Network, x: Tensor) -> Prefixes:
    """The network's outputs after each step of x. Raises: ExplainError."""
    return _once((*_state(network), "prefixes", _bytes(x)), lambda: outputs_of_prefixes(network.run.model, x))


def flow_of(network: Network, path: str) -> GradientFlow:
    """How far back the loss depends on what the layer at the path reads, on test examples. Raises: ExplainError, DataError."""
    spec, model = network.run.spec, network.run.model
    return _once((*_state(network), "flow", path), lambda: gradient_flow(spec, model, path, _measured(spec)))


def untrained_flow(spec: ExperimentSpec, path: str) -> GradientFlow:
    """The same before training. Raises: ExplainError, DataError; SpecError if the network cannot be built."""
    return _once(("flow", spec.to_json(), path), lambda: gradient_flow(spec, build_model(spec).eval(), path, _measured(spec)))


def _measured(spec: ExperimentSpec) -> Split:
    """The first test examples, so many that measuring takes a few seconds whatever the size of the network. Raises: ExplainError if even
    one would take much longer."""
    x = spec.data.tensor
    steps = x.size("length") if x.has("length") else x.numbers // x.depth
    products = steps * trace(spec).parameters
    if products > _FLOW_MOST:
        raise ExplainError("The network is too large to do that while you wait.")
    count = max(1, min(_FLOW_EXAMPLES, _FLOW_STEPS // steps, _FLOW_PRODUCTS // max(1, products)))
    test = spec.data.load().test
    return Split(test.inputs[:count], test.targets[:count])


def _state(network: Network) -> tuple[Hashable, ...]:
    return str(network.run.directory), network.stamp, network.run.step


def _bytes(x: Tensor) -> bytes:
    return x.numpy().tobytes()


def _once(key: Hashable, compute: Callable[[], T]) -> T:
    """The result for this key; callers that ask while it is being computed wait for it."""
    return cast(T, _computed(key, compute))


@cached(_results, key=lambda key, compute: key, condition=threading.Condition())
def _computed(key: Hashable, compute: Callable[[], object]) -> object:
    with _AT_ONCE:
        return compute()
