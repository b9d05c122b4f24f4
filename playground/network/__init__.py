"""From a spec to shapes, problems and the network itself."""

from playground.network.build import build_model
from playground.network.problems import Fix, Problem
from playground.network.trace import Row, Trace, trace

__all__ = ["Fix", "Problem", "Row", "Trace", "build_model", "trace"]
