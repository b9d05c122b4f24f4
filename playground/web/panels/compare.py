"""Comparing the current settings with another experiment, and a button to open that one."""

import re
from html import escape

import streamlit as st

from playground.differences import Difference, differences
from playground.opening import spec_of_text
from playground.paths import numbered
from playground.presets import PRESETS
from playground.spec import ExperimentSpec, SpecError
from playground.web import session
from playground.web.markup import quoted

_SHOWN, _SHOWN_PROBLEMS = 60, 6
_OF_LAYER = re.compile(r"(network(?:\.layers|\.branch|\[\d+\])+)(?:\.(\w+))?")


def compare(spec: ExperimentSpec) -> bool:
    """Asks for another experiment and lists the differences. Returns whether it was opened."""
    text = st.text_area(
        "Another experiment",
        key="compare_text",
        height=110,
        placeholder="A share link, its token, or settings as JSON",
        help="What you paste here is only compared, until you open it",
    )
    preset = st.selectbox("Or a preset", list(PRESETS), None, format_func=lambda name: PRESETS[name].title, key="compare_preset")
    if not text.strip() and preset is None:
        return False
    try:
        other = spec_of_text(text) if text.strip() else PRESETS[str(preset)].spec
    except SpecError as error:
        st.error("\n".join(f"- {quoted(problem)}" for problem in error.problems[:_SHOWN_PROBLEMS]))
        return False
    changes = differences(spec, other)
    if not changes:
        st.success("The same experiment: all settings are identical.", icon=":material/check:")
        return False
    st.html(_listed(changes))
    refused = session.refusal(other)
    why = f"Cannot be opened. {refused}" if refused else None
    if st.button("Open these settings", key="compare_open", icon=":material/open_in_new:", disabled=refused is not None, help=why):
        return session.edit(other, "open the compared settings")
    return False


def _listed(changes: list[Difference]) -> str:
    count = f"{len(changes)} difference{'s' if len(changes) > 1 else ''} from the current settings"
    more = f"<p>and {len(changes) - _SHOWN} more</p>" if len(changes) > _SHOWN else ""
    return f'<div class="pg-differences"><p>{count}</p><ul>{"".join(map(_line, changes[:_SHOWN]))}</ul>{more}</div>'


def _line(difference: Difference) -> str:
    before = "" if difference.before is None else f"<del>{escape(difference.before)}</del>"
    after = "" if difference.after is None else f"<ins>{escape(difference.after)}</ins>"
    between = " → " if before and after else ""
    what = "added: " if not before else "removed: " if not after else ""
    return f"<li><code>{escape(_where(difference))}</code> {what}{before}{between}{after}</li>"


def _where(difference: Difference) -> str:
    """A layer's setting by the number on the layer's card, such as "layer 3.1 filters": in the current network if it was removed, otherwise
    in the other one."""
    match = _OF_LAYER.fullmatch(difference.path)
    return " ".join(["layer", numbered(match[1]), match[2] or ""]).rstrip() if match else difference.path
