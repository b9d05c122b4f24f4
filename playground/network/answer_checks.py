"""Whether the network gives one answer per example, or one at every step, as the task needs."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from playground.catalog.datasets import Dataset
from playground.catalog.layers import Embedding, Flatten, Layer, Output, SequencePool
from playground.catalog.tensors import SEQUENCE, VECTOR, TensorSpec
from playground.network.problems import Fix, Problem, replaced, tensor_text, with_network, without
from playground.spec import ExperimentSpec

if TYPE_CHECKING:
    from playground.network.trace import Row


def answers_fit(spec: ExperimentSpec, out: TensorSpec) -> bool:
    """Whether an output has the task's answers: a vector, or of a task per step a sequence with all steps of the input."""
    if not spec.data.task.per_step:
        return out.names == VECTOR
    return out.names == SEQUENCE and spec.data.tensor.has("length") and out.size("length") == spec.data.tensor.size("length")


def check_answers(spec: ExperimentSpec, rows: "Sequence[Row]", out: TensorSpec) -> Iterator[Problem]:
    """rows: of all layers. out: the network's output for one example."""
    if answers_fit(spec, out):
        return
    if spec.data.task.per_step:
        yield _lost_steps(spec, rows, out)
    elif out.names == SEQUENCE:
        yield _sequence_at_the_end(spec, rows, out)


def to_vector(x: TensorSpec) -> Layer:
    """The layer that makes a vector of a sequence or image: pooling over the steps if their number varies, otherwise flatten."""
    return SequencePool() if x.varies else Flatten()


def shortest_network(dataset: Dataset) -> tuple[Layer, ...]:
    """An output layer, and before it what the data needs to get there."""
    x = dataset.tensor
    first = () if x.vocabulary is None else (Embedding(),)
    return (*first, *(() if x.names == VECTOR or dataset.task.per_step else (to_vector(x),)), Output())


def _sequence_at_the_end(spec: ExperimentSpec, rows: "Sequence[Row]", out: TensorSpec) -> Problem:
    """The fix makes a vector of the sequence before the output layer, or adds both."""
    outputs = [index for index, layer in enumerate(spec.network) if isinstance(layer, Output)]
    index = outputs[-1] if outputs else len(rows)
    layer = to_vector(rows[index].tensor_in if outputs else out)
    fixed = with_network(spec, *spec.network[:index], layer, *(spec.network[index:] or (Output(),)))
    message = f"The network outputs {tensor_text(out)}, but {spec.data.title} needs one answer per example"
    return Problem(f"network[{len(rows) - 1}]", message, fix=Fix(f"Insert a {layer.spoken()} layer before the output", fixed))


def _lost_steps(spec: ExperimentSpec, rows: "Sequence[Row]", out: TensorSpec) -> Problem:
    """Reported at the first layer that does not keep the number of steps."""
    message = f"The network outputs {tensor_text(out)}, but {spec.data.title} needs an answer at every step"
    steps = dict(spec.data.tensor.axes).get("length")
    row = next((row for row in rows if dict(row.tensor_out.axes).get("length") != steps), rows[-1])
    layer = spec.network[row.index]
    every_step = layer.with_all_steps()
    fix = without(spec, row.path) if every_step is None else replaced(spec, row.path, every_step, "Return all steps")
    return Problem(row.path, message, fix=fix)
