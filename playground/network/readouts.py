"""How the outputs of a spec's network are read."""

from playground.catalog.readouts import Readout, readout_of
from playground.network.endings import ending
from playground.network.output_checks import probability_caveat
from playground.network.trace import trace
from playground.spec import ExperimentSpec


def output_count(spec: ExperimentSpec) -> int:
    """How many numbers the network gives for an example; the usual number if it does not work."""
    rows = trace(spec).rows
    accepted = spec.loss.accepts(spec.data)
    given = rows[-1].shape_out if len(rows) == len(spec.network) and rows else ()
    return given[0] if len(given) == 1 and given[0] in accepted else accepted[0]


def readout(spec: ExperimentSpec) -> Readout:
    """How the outputs are encoded, read and judged."""
    return readout_of(spec.data.task, spec.loss, output_count(spec))


def caveat(spec: ExperimentSpec) -> str:
    """Why the numbers shown for classes are not probabilities, in a sentence; "" where they are, and for values."""
    rows = trace(spec).rows
    return probability_caveat(spec, ending(spec.network[: len(rows)], [row.shape_in for row in rows]), output_count(spec))
