"""One training step taken apart: what each layer computes for chosen examples, the loss, its gradients, and how every weight changes.

The step is the run's own: its procedure takes it, on a copy, from a checkpoint."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from playground.catalog.datasets.examples import Data
from playground.catalog.layers import Layer
from playground.network import build_model, module_name, path_of, readout, trace
from playground.network.changing import changeable, is_of_batches
from playground.network.memory import size_text
from playground.paths import layers_in_order
from playground.spec import ExperimentSpec
from playground.training.batches import Examples
from playground.training.changes import Changes
from playground.training.checkpoint import Checkpoint, CheckpointError, copied
from playground.training.execution import Execution
from playground.training.isolation import Isolation, Stopwatch, restore_random
from playground.training.penalty import penalized
from playground.training.procedures import Supervised
from playground.training.stepping import learning

MOST_BYTES = 200_000_000
"""Memory for the weights before and after, their gradients, and the state of the optimizer."""

_CPU = torch.device("cpu")


class OneStepError(Exception):
    """A step cannot be taken apart: the message says why, and what to do."""


@dataclass(frozen=True, eq=False)
class LayerPass:
    """A layer of the spec, and what passed through it.

    arguments: its input (N, …), and a mask where it takes one. output: (N, …). gradient: of the loss at the output; None where none was
    computed, because nothing before it learns."""

    path: str
    layer: Layer
    arguments: tuple[Tensor, ...]
    output: Tensor
    gradient: Tensor | None


@dataclass(frozen=True, eq=False)
class WeightChange:
    """What the step does to a tensor of weights. path: of its layer. name: within the layer's module.

    gradient: of what is minimized; applied: the same after clipping, as the optimizer gets it. kept: what the optimizer kept for it before
    the step, by PyTorch's names."""

    path: str
    name: str
    before: Tensor
    gradient: Tensor
    applied: Tensor
    after: Tensor
    kept: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class OneStep:
    """A step, the `step`th of its run, counted from 1.

    passes: in the order of computation, a block after the layers inside it. outputs: (N, …). targets: encoded for the loss.
    loss: before the step; minimized: the loss with the penalties on weights. network: as it was before the step, in evaluation mode.
    class_counts: of the training examples. uses_averages: whether batch normalization used its running averages, since a single example
    has no variance."""

    spec: ExperimentSpec
    step: int
    inputs: Tensor
    targets: Tensor
    passes: tuple[LayerPass, ...]
    loss: float
    minimized: float
    changes: tuple[WeightChange, ...]
    learning_rate: float
    network: nn.Module
    class_counts: tuple[int, ...]
    uses_averages: bool

    @property
    def outputs(self) -> Tensor:
        return self.passes[-1].output


def one_step(spec: ExperimentSpec, data: Data, rows: Sequence[int], start: Checkpoint) -> OneStep:
    """The step that the run would take next if its next batch were these training examples, without augmentation. Computed on the CPU, in
    float32, on a copy: on the CPU the new weights are bit for bit those of the run.

    start: of this spec; see `without_history` for a run that has left only its weights.
    Raises: OneStepError if there is no such example, the network is too large, or its weights are not finite; CheckpointError if `start` is
    of another spec; SpecError if the network cannot be built."""
    _check(spec, data, rows)
    settings = spec.model_copy(update={"training": spec.training.model_copy(update={"precision": "float32"})})
    with Isolation(_CPU, spec.training.seed, Stopwatch()).inside():
        before = build_model(spec)
        model = build_model(spec).train()
        start.execution.apply(model)
        procedure, counts = _procedure(settings, model, data)
        try:
            procedure.restore(copied(start.state))
            changes = Changes(spec)
            changes.restore(start.state.get("changes", ()))
            restore_random(_CPU, start.state["random"])
        except (KeyError, ValueError, TypeError, RuntimeError, AttributeError) as error:
            raise CheckpointError(f"the checkpoint of step {start.step:,} is not of these settings, or damaged") from error
        for change in changes.due(start.step):
            if not is_of_batches(change.path):
                procedure.change(change.path, change.value)
        before.load_state_dict(model.state_dict())
        _check_finite(before)
        uses_averages = len(rows) == 1 and _use_averages(model)
        inputs, targets = Examples.of(spec.data, data.train, readout(spec), _CPU).take(torch.tensor(list(rows)))
        rate = procedure.learning_rate
        with _recording(spec, model) as record:
            minimized = float(procedure.take_step(inputs.clone(), targets))
        passes = tuple(
            LayerPass(path, layer, arguments, output, record.gradients.get(path)) for path, layer, arguments, output in record.passes
        )
        loss = minimized - _penalty(spec, before, passes[-1].output, targets)
        weights = tuple(_weight_changes(spec, before, model, record, start.state["optimizer"]["state"]))
    return OneStep(spec, start.step + 1, inputs, targets, passes, loss, minimized, weights, rate, before.eval(), counts, uses_averages)


def without_history(spec: ExperimentSpec, data: Data, weights: Mapping[str, Tensor], step: int, learning_rate: float | None) -> Checkpoint:
    """Where a run can be continued of which only the weights are left: its optimizer starts anew.

    learning_rate: None for that of the optimizer's settings."""
    model = build_model(spec)
    model.load_state_dict(weights)
    procedure, _ = _procedure(spec, model, data)
    changes, settings = Changes(spec), {setting.path for setting in changeable(spec) if setting.at_once}
    for change in changes.due(step):
        if change.path in settings:  # weights are what they have become since
            procedure.change(change.path, change.value)
    state = {**procedure.state(), "changes": changes.state()}
    if learning_rate is not None:
        for group in state["optimizer"]["param_groups"]:
            group["lr"] = learning_rate
    random = torch.Generator().manual_seed(spec.training.seed).get_state()
    return Checkpoint(step, 0.0, Execution(), copied({**state, "random": (random,)}))


def _procedure(spec: ExperimentSpec, model: nn.Module, data: Data) -> tuple[Supervised, tuple[int, ...]]:
    counts = data.train.counts(len(spec.data.classes))
    steps = -(-len(data.train) // spec.training.batch_size)
    return Supervised(spec, model, spec.loss.build(counts), readout(spec), steps), counts


def _penalty(spec: ExperimentSpec, model: nn.Module, outputs: Tensor, targets: Tensor) -> float:
    """What the penalties add to the loss."""
    with torch.no_grad():
        return float(penalized(spec, model, lambda outputs, _: outputs.new_zeros(()))(outputs, targets))


def _check(spec: ExperimentSpec, data: Data, rows: Sequence[int]) -> None:
    """Raises: OneStepError."""
    count = len(data.train)
    if not rows or not all(0 <= row < count for row in rows):
        raise OneStepError(f"example: there are {count:,} training examples, numbered from 0 to {count - 1:,}, got {list(rows)[:3]}")
    needed = 4 * trace(spec).parameters * (4 + spec.optimizer.kept_numbers())
    if needed > MOST_BYTES:
        raise OneStepError(
            f"this network is too large: its weights, gradients and {spec.optimizer.title} would need {size_text(needed)}, and there are "
            f"{size_text(MOST_BYTES)}; take apart a smaller network"
        )


def _check_finite(model: nn.Module) -> None:
    for name, weights in model.named_parameters():
        if not bool(torch.isfinite(weights).all()):
            raise OneStepError(
                f"the network's weights are not finite numbers ({name}): training has diverged; reset and lower the learning rate"
            )


def _use_averages(model: nn.Module) -> bool:
    """Lets batch normalization use its running averages. Returns whether there is any."""
    norms = [module for module in model.modules() if isinstance(module, nn.modules.batchnorm._BatchNorm)]
    for norm in norms:
        norm.eval()
    return bool(norms)


class _Record:
    """passes: path, layer, arguments and output of each layer in the first forward pass. gradients: at the outputs, by path; of weights by
    their names."""

    def __init__(self) -> None:
        self.passes: list[tuple[str, Layer, tuple[Tensor, ...], Tensor]] = []
        self.gradients: dict[str, Tensor] = {}

    def passed(self, path: str, layer: Layer, _: nn.Module, arguments: tuple[Any, ...], output: Tensor) -> None:
        """A forward hook. Optimizers that evaluate a batch several times call it again, with weights in between."""
        if any(path == known for known, *_ in self.passes):
            return
        tensors = tuple(argument.detach().clone() for argument in arguments if isinstance(argument, Tensor))
        self.passes.append((path, layer, tensors, output.detach().clone()))
        if output.requires_grad:
            output.register_hook(partial(self.reached, path))  # type: ignore[no-untyped-call]

    def reached(self, path: str, gradient: Tensor) -> None:
        """A hook of an output."""
        self.gradients[path] = gradient.clone()

    def learned(self, name: str, weights: Tensor) -> None:
        """A hook for weights whose gradient is complete."""
        if weights.grad is not None and name not in self.gradients:
            self.gradients[name] = weights.grad.clone()


@contextmanager
def _recording(spec: ExperimentSpec, model: nn.Module) -> Iterator[_Record]:
    record = _Record()
    handles: list[Any] = [
        model.get_submodule(module_name(path)).register_forward_hook(partial(record.passed, path, layer))
        for path, layer in layers_in_order(spec)
    ]
    for name, weights in model.named_parameters():
        if weights.requires_grad:
            handles.append(weights.register_post_accumulate_grad_hook(partial(record.learned, name)))  # type: ignore[no-untyped-call]
    try:
        yield record
    finally:
        for handle in handles:
            handle.remove()


def _weight_changes(
    spec: ExperimentSpec, before: nn.Module, model: nn.Module, record: _Record, kept: Mapping[int, Mapping[str, Any]]
) -> Iterator[WeightChange]:
    old = dict(before.named_parameters())
    positions = {id(weights): position for position, weights in enumerate(learning(model))}
    for name, weights in model.named_parameters():
        gradient = record.gradients.get(name)
        if gradient is None:
            continue
        path, inside = path_of(spec, name)
        applied = gradient if spec.optimizer.needs_closure or weights.grad is None else weights.grad
        of_optimizer = kept.get(positions[id(weights)], {})
        yield WeightChange(path, inside, old[name].detach(), gradient, applied.detach().clone(), weights.detach().clone(), of_optimizer)
