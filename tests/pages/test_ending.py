"""What a page offers for a run that has ended badly."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from playground.runs import RunState
from playground.web.server import runs
from tests.pages.reading import messages
from tests.runs.experiments import endless, the_worker, wait_for, wait_for_step


def test_a_failed_run_can_be_resumed(visit: Callable[..., AppTest]) -> None:
    control = runs().submit(endless())
    run_id = runs().resolve(control).run_id
    wait_for_step(runs(), run_id, 10)
    the_worker().kill()
    wait_for(runs(), run_id, RunState.FAILED)
    app = visit("playground", run=control)
    assert "The training process was killed" in messages(app)
    app.button(key="ending_resume").click().run()
    assert "The training process was killed" not in messages(app)
    wait_for(runs(), run_id, RunState.RUNNING)
    runs().stop(run_id)
    wait_for(runs(), run_id, RunState.STOPPED)
    watching = visit("playground", run=run_id)
    assert not [button for button in watching.button if button.key == "ending_resume"]
