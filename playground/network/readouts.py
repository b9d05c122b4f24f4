"""How the outputs of a spec's network are read."""

from playground.catalog.readouts import Readout, readout_of
from playground.network.answer_checks import answers_fit
from playground.network.endings import ending
from playground.network.output_checks import probability_caveat
from playground.network.trace import trace
from playground.spec import ExperimentSpec


def output_count(spec: ExperimentSpec) -> int:
    """The number of outputs per example; the usual number if a layer fails."""
    rows = trace(spec).rows
    accepted = spec.loss.accepts(spec.data)
    out = rows[-1].tensor_out if len(rows) == len(spec.network) and rows else None
    return out.depth if out is not None and answers_fit(spec, out) and out.depth in accepted else accepted[0]


def readout(spec: ExperimentSpec) -> Readout:
    """How targets are encoded and outputs are read."""
    return readout_of(spec.data.task, spec.loss, output_count(spec))


def caveat(spec: ExperimentSpec) -> str:
    """Why the numbers shown for classes are not probabilities, in a sentence; "" where they are, and for values."""
    rows = trace(spec).rows
    return probability_caveat(spec, ending(spec.network[: len(rows)], [row.tensor_in for row in rows]), output_count(spec))
