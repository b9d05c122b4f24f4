"""From a spec to shapes, problems and the network itself."""

from playground.network.answer_checks import shortest_network, to_vector
from playground.network.build import build_model
from playground.network.changing import Changeable, changeable, checked_change
from playground.network.memory import Memory, examples_at_once, forward_bytes, training_memory
from playground.network.modules import module_name, path_of
from playground.network.problems import Fix, Problem, Severity
from playground.network.readouts import caveat, output_count, readout
from playground.network.trace import Row, Trace, trace

__all__ = [
    "Changeable",
    "Fix",
    "Memory",
    "Problem",
    "Row",
    "Severity",
    "Trace",
    "build_model",
    "caveat",
    "changeable",
    "checked_change",
    "examples_at_once",
    "forward_bytes",
    "module_name",
    "output_count",
    "path_of",
    "readout",
    "shortest_network",
    "to_vector",
    "trace",
    "training_memory",
]
