"""Reading the content of a page."""

from streamlit.testing.v1 import AppTest

from playground.parsing import parse_spec
from playground.spec import ExperimentSpec


def spec_of(app: AppTest) -> ExperimentSpec:
    """The spec that the visitor is editing."""
    return parse_spec(app.session_state["values"]["history"]["present"][0][0])


def messages(app: AppTest) -> str:
    """All messages on the page."""
    return "\n".join(str(box.value) for box in (*app.error, *app.info, *app.warning))


def ending(widgets: object, path: str) -> object:
    """The widget for this path of the spec, in any revision."""
    (found,) = [widget for widget in widgets if str(widget.key).split(".", 1)[-1] == path]  # type: ignore[attr-defined]
    return found
