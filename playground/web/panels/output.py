"""Right: what comes out, live."""

import streamlit as st

from playground.spec import ExperimentSpec
from playground.web import session
from playground.web.components.live_chart import live_chart
from playground.web.components.live_view import ViewName, live_view
from playground.web.current import Current
from playground.web.differences import differences
from playground.web.panels.controls import command

_SHOWN = 3
_CAPTIONS: dict[ViewName, str] = {
    "confusion": "Rows: the true class; columns: the answer, for the test images. A perfect network fills the diagonal only.",
    "boundary": "What the network answers everywhere in the plane, with the points it learns from and is tested on.",
    "fit": "Each test point: across, the true value; up, the answer. A perfect network puts all on the diagonal.",
}


def output(spec: ExperimentSpec, current: Current | None) -> None:
    """Curves and pictures of the run on the screen; before the first one, empty axes that say what will be there."""
    st.subheader("Output", anchor=False)
    made_from = spec if current is None else current.info.spec
    if current is not None and current.control:
        _made_from_others(spec, current)
    address = current.address if current else None
    regression = not made_from.data.classes
    live_chart(address, key="live_chart", accuracy=not regression, height=300)
    for name in _views(made_from):
        live_view(address, name, key=f"view.{name}", dataset=made_from.data)
        st.caption(_CAPTIONS[name])


def _views(spec: ExperimentSpec) -> tuple[ViewName, ...]:
    if spec.data.family == "images":
        return ("confusion",)
    return ("boundary",) if spec.data.classes else ("boundary", "fit")


def _made_from_others(spec: ExperimentSpec, current: Current) -> None:
    """Says so where the settings have moved on since the run was started."""
    changed = differences(current.info.spec, spec)
    if not changed:
        return
    with st.container(key="other_settings", border=True, gap="xsmall"):
        more = f" and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
        st.markdown(f"**Made from other settings** · {', '.join(f'`{each}`' for each in changed[:_SHOWN])}{more}")
        with st.container(horizontal=True, gap="xsmall"):
            st.button("Use those settings", key="use_run_settings", on_click=_use, args=(current.info.spec,))
            if current.active:
                st.button("Stop this run", key="stop_other", on_click=command, args=("stop",), type="tertiary")


def _use(spec: ExperimentSpec) -> None:
    session.edit(spec, "use the run's settings")
