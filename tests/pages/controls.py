"""A run of a moment, and the controls of the playground page."""

import time
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from playground.presets import PRESETS
from playground.spec import ExperimentSpec
from playground.web import edits
from playground.web.server import runs

MLP = PRESETS["mlp_784_256_10"].spec
Visit = Callable[..., AppTest]


def short(epochs: int = 1) -> ExperimentSpec:
    """A run of a moment."""
    return edits.set_field(edits.set_field(MLP, "network[1].units", 4), "training.epochs", epochs)


def trained(spec: ExperimentSpec) -> str:
    """The control address of a run that has ended."""
    address = runs().submit(spec)
    run_id = runs().resolve(address).run_id
    until = time.monotonic() + 60
    while not (state := runs().info(run_id).state).ended:
        assert time.monotonic() < until, f"still {state}"
        time.sleep(0.05)
    return address


def wait_for(app: AppTest, *states: str) -> str:
    """Until the run on the screen is in one of the states; its page is drawn again then."""
    run_id = runs().resolve(app.session_state["values"]["run"]).run_id
    until = time.monotonic() + 60
    while (state := runs().info(run_id).state.value) not in states:
        assert time.monotonic() < until, f"still {state}"
        time.sleep(0.02)
    app.run()
    return state


def enabled(app: AppTest) -> set[str]:
    return {key for key in ("play", "pause", "step", "step_epoch", "stop", "reset") if not app.button(key=key).disabled}
