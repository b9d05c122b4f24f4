"""Formulas that are not finite numbers for some inputs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from playground.catalog.datasets import Dataset
from playground.catalog.layers import Features
from playground.catalog.layers.feature_formulas import parse
from playground.catalog.layers.feature_ranges import Doubt, doubts
from playground.catalog.layers.feature_writing import as_text
from playground.catalog.layers.ranges import ANY, Range
from playground.network.problems import Fix, Problem, replaced
from playground.paths import chains
from playground.spec import ExperimentSpec

if TYPE_CHECKING:
    from playground.network.trace import Row


def check_formulas(spec: ExperimentSpec, rows: "Sequence[Row]") -> Iterator[Problem]:
    """Warns of the first such formula of each layer. rows: of all layers that have been traced, also in blocks."""
    known: Mapping[str, Row] = {row.path: row for row in rows}
    for chain, layers in chains(spec):
        inside = _inputs(spec.data) if chain == "network" else ANY
        for index, layer in enumerate(layers):
            path = f"{chain}[{index}]"
            if path not in known:
                break
            if isinstance(layer, Features):
                yield from _first_doubt(spec, path, layer, inside)
            inside = layer.output_range(inside, known[path].tensor_in)


def _inputs(data: Dataset) -> Range:
    """The numbers that an input of the network can hold: of points and curves those of their plot, otherwise any."""
    return Range(*data.bounds) if data.encoding.domain and not data.standardizes else ANY


def _first_doubt(spec: ExperimentSpec, path: str, layer: Features, inside: Range) -> Iterator[Problem]:
    for number, formula in enumerate(layer.formulas):
        for doubt in doubts(parse(formula), inside):
            message = f"{doubt.part} {doubt.rule}: a single input for which it is not a finite number ends the training"
            yield Problem(path, message, severity="warning", fix=_guarded(spec, path, layer, number, doubt))
            return


def _guarded(spec: ExperimentSpec, path: str, layer: Features, number: int, doubt: Doubt) -> Fix | None:
    """The fix that changes the formula; None if the new one would be too long."""
    text = as_text(doubt.guarded)
    try:
        formulas = (*layer.formulas[:number], text, *layer.formulas[number + 1 :])
        changed = Features.model_validate({"formulas": formulas})
    except ValueError:
        return None
    return replaced(spec, path, changed, f"Use {text if len(text) <= 40 else text[:39] + '…'}")
