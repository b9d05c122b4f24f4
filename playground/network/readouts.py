"""How the outputs of a spec's network are read."""

from playground.catalog.readouts import Readout, readout_of
from playground.network.endings import ending
from playground.network.output_checks import probability_caveat
from playground.network.trace import trace
from playground.spec import ExperimentSpec


def output_count(spec: ExperimentSpec) -> int:
    """The number of outputs per example; the usual number if a layer fails."""
    rows = trace(spec).rows
    accepted = spec.loss.accepts(spec.data)
    shape = rows[-1].shape_out if len(rows) == len(spec.network) and rows else ()
    return shape[0] if len(shape) == 1 and shape[0] in accepted else accepted[0]


def readout(spec: ExperimentSpec) -> Readout:
    """How targets are encoded and outputs are read."""
    return readout_of(spec.data.task, spec.loss, output_count(spec))


def caveat(spec: ExperimentSpec) -> str:
    """Why the numbers shown for classes are not probabilities, in a sentence; "" where they are, and for values."""
    rows = trace(spec).rows
    return probability_caveat(spec, ending(spec.network[: len(rows)], [row.shape_in for row in rows]), output_count(spec))
