"""Vanishing gradients, measured: how much the loss depends on steps far from the answer, for three kinds of recurrent layers."""

import math
from dataclasses import dataclass
from html import escape

import streamlit as st

from playground.catalog.datasets.examples import DataError
from playground.catalog.messages import counted
from playground.explain import ExplainError, GradientFlow, recurrent_layers
from playground.explain.gradient_flow import KINDS, with_kind
from playground.runs import RunNotFound
from playground.spec import ExperimentSpec, SpecError
from playground.web import session
from playground.web.explanations import flow_of, untrained_flow
from playground.web.links import PAGES
from playground.web.markup import number
from playground.web.networks import Network, NetworkError, network_at
from playground.web.panels.explain_recurrent import chosen_path
from playground.web.server import runs
from playground.web.svg import svg_image

_WIDE, _HIGH = 240.0, 110.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 26.0, 4.0, 4.0, 18.0
_LEAST = 1e-30
"""Smaller norms are drawn at the bottom."""
_STYLES = {"rnn": (0, "1.5 1.5"), "lstm": (3, "5 2"), "gru": (2, "5 1.5 1 1.5")}
"""The number of a class color and the dashes of each kind."""
_COLUMNS = 5


@dataclass(frozen=True)
class Line:
    """A curve of the chart. trained: solid and thick, otherwise dashed."""

    title: str
    kind: str
    trained: bool
    flow: GradientFlow


def flows(network: Network) -> None:
    """The chart, for the network on the screen and the other kinds of layer in its place."""
    spec = network.run.spec
    path = chosen_path(recurrent_layers(spec))
    st.subheader("Vanishing gradients", anchor=False)
    try:
        with st.spinner("Measuring gradients…"):
            lines = _lines(network, path)
    except (ExplainError, SpecError, DataError) as error:
        st.info(f"The gradients cannot be measured. {error}")
        return
    examples = lines[0].flow.examples
    st.caption(
        "How much the loss depends on what the layer reads, by the number of steps before the answer: the norm of the gradient, on a "
        f"logarithmic scale, as the mean over {examples} test example{'s' if examples != 1 else ''}. Where it is tiny, the network "
        "cannot learn from those steps. Solid: trained. Dashed: before training, with each kind of layer in the same place and the same "
        "seed. Runs of this visit that have another kind of layer there, and differ in nothing else, are added."
    )
    _others(spec, path, {line.kind for line in lines if line.trained})
    st.html(f'<figure class="pg-flow">{chart(lines)}{_legend(lines)}{_table(lines)}</figure>')


def _others(spec: ExperimentSpec, path: str, trained: set[str]) -> None:
    """Buttons that open this experiment with another kind of layer, to be trained."""
    with st.container(horizontal=True, gap="small"):
        for kind in KINDS:
            if kind.name() not in trained and st.button(
                f"Try it with {kind.title}",
                key=f"explain-flow-{kind.name()}",
                icon=":material/swap_horiz:",
                help=f"Opens this experiment with {kind.title} instead, ready to train. Once it has trained, its curve is added here.",
            ):
                session.edit(with_kind(spec, path, kind), f"{kind.title} instead")
                st.switch_page(PAGES / "playground.py")


def _lines(network: Network, path: str) -> list[Line]:
    spec, own = network.run.spec, recurrent_layers(network.run.spec)[path]
    lines = [Line(f"{own.title}, this network after {counted(network.run.step, 'step')}", own.kind, True, flow_of(network, path))]
    lines += _other_runs(network, path)
    for kind in KINDS:
        lines.append(Line(f"{kind.title}, untrained", kind.name(), False, untrained_flow(with_kind(spec, path, kind), path)))
    return lines


def _other_runs(network: Network, path: str) -> list[Line]:
    """Trained networks of this visit with another kind of layer at the path, and nothing else different; however they were computed."""
    computed = network.run.spec.training
    wanted: dict[ExperimentSpec, str] = {with_kind(network.run.spec, path, kind): kind.title for kind in KINDS}
    del wanted[network.run.spec]
    lines = []
    for address in session.runs_of_visit():
        try:
            spec = runs().info(runs().resolve(address).run_id).spec
            title = wanted.pop(spec.computed_with(computed.threads, computed.memory_format), None)
            if title is None:
                continue
            other = network_at(address)
        except (RunNotFound, NetworkError):
            continue
        kind = recurrent_layers(spec)[path].kind
        lines.append(Line(f"{title}, after {counted(other.run.step, 'step')}", kind, True, flow_of(other, path)))
    return lines


def chart(lines: list[Line]) -> str:
    """The norms over the distance from the answer, which is at the left."""
    farthest = max(1, max(len(line.flow.norms) for line in lines) - 1)
    seen = [max(norm, _LEAST) for line in lines for norm in line.flow.norms if norm > 0] or [1.0]
    top, bottom = math.ceil(math.log10(max(seen))), math.floor(math.log10(min(seen)))
    bottom = min(bottom, top - 1)

    def at(distance: int, norm: float) -> tuple[float, float]:
        power = math.log10(max(norm, _LEAST)) if norm > 0 else bottom
        return (
            _LEFT + distance / farthest * (_WIDE - _LEFT - _RIGHT),
            _TOP + (top - power) / (top - bottom) * (_HIGH - _TOP - _BOTTOM),
        )

    body = ['<g style="font:6px sans-serif;fill:light-dark(#5d646f,#a2a9b5)">']
    for power in range(top, bottom - 1, -max(1, -(-(top - bottom) // 6))):
        y = at(0, 10.0**power)[1]
        body.append(f'<path class="axes" d="M{_LEFT} {y:.1f}H{_WIDE - _RIGHT}"/>')
        body.append(f'<text x="{_LEFT - 3}" y="{y + 2:.1f}" text-anchor="end">{_power(power)}</text>')
    for tick in _ticks(farthest):
        x = at(tick, 1.0)[0]
        anchor = "start" if tick == 0 else "end" if tick == farthest else "middle"
        body.append(f'<text x="{x:.1f}" y="{_HIGH - _BOTTOM + 8}" text-anchor="{anchor}">{tick}</text>')
    body.append(f'<text x="{(_LEFT + _WIDE) / 2}" y="{_HIGH - 2}" text-anchor="middle">steps before the answer</text></g>')
    for line in reversed(lines):
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(distance, norm) for distance, norm in enumerate(line.flow.norms)))
        shade, dashes = _STYLES[line.kind]
        style = "stroke-width:1.6" if line.trained else f"stroke-width:.9;stroke-dasharray:{dashes}"
        body.append(f'<polyline class="line class-{shade}" style="{style}" points="{points}"/>')
    text = "Norm of the gradient by steps before the answer. " + ". ".join(f"{line.title}: {_fall(line.flow)}" for line in lines)
    return svg_image(_WIDE, _HIGH, "".join(body), text, "flow-chart")


def _legend(lines: list[Line]) -> str:
    keys = "".join(f"<li>{_key(line)}{escape(line.title)}: {_fall(line.flow)}</li>" for line in lines)
    return f"<ul>{keys}</ul>"


def _key(line: Line) -> str:
    """A piece of the line, for the legend."""
    shade, dashes = _STYLES[line.kind]
    style = "stroke-width:3" if line.trained else f"stroke-width:2;stroke-dasharray:{dashes.replace('1.5', '3')}"
    return svg_image(30, 8, f'<path class="line class-{shade}" style="{style}" d="M0 4H28"/>', "", "flow-key")


def _fall(flow: GradientFlow) -> str:
    """How the gradient changes from the answer to the farthest step, in words."""
    first, last, steps = flow.norms[0], flow.norms[-1], len(flow.norms) - 1
    if not steps or not first:
        return number(first)
    return f"× {number(last / first)} over {steps} step{'s' if steps != 1 else ''}"


def _table(lines: list[Line]) -> str:
    farthest = max(len(line.flow.norms) for line in lines) - 1
    distances = _ticks(farthest)
    head = "".join(f"<th scope='col'>{distance}</th>" for distance in distances)
    rows = "".join(
        f"<tr><th scope='row'>{escape(line.title)}</th>"
        + "".join(f"<td>{number(line.flow.norms[distance]) if distance < len(line.flow.norms) else '–'}</td>" for distance in distances)
        + "</tr>"
        for line in lines
    )
    return (
        "<details><summary>Numbers</summary><div class='pg-flow-table'><table>"
        f"<tr><th scope='col'>Steps before the answer</th>{head}</tr>{rows}</table></div></details>"
    )


def _ticks(farthest: int) -> list[int]:
    return sorted({round(farthest * index / (_COLUMNS - 1)) for index in range(_COLUMNS)})


def _power(power: int) -> str:
    return "1" if power == 0 else "10" + str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
