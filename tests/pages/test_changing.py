"""Changing a run while it trains, on the playground page."""

import math

from streamlit.testing.v1 import AppTest

from playground.export.link import to_token
from playground.spec import Change
from playground.web.server import runs
from tests.pages.controls import Visit, short, wait_for
from tests.pages.reading import messages, spec_of
from tests.runs.experiments import wait_until


def rate_of_run(app: AppTest) -> object:
    (widget,) = [widget for widget in app.selectbox if str(widget.key).startswith("change.") and str(widget.key).endswith("optimizer.lr")]
    return widget


def run_id(app: AppTest) -> str:
    return runs().resolve(app.session_state["values"]["run"]).run_id


def test_a_change_becomes_part_of_the_run_and_of_the_settings(visit: Visit) -> None:
    app = visit("playground", spec=to_token(short(1000)))
    assert not [widget for widget in app.selectbox if str(widget.key).startswith("change.")]
    app.button(key="step_epoch").click().run()
    wait_for(app, "paused")
    rate_of_run(app).set_value("0.03").run()  # type: ignore[attr-defined]
    run = run_id(app)
    wait_until(runs(), run, lambda: runs().info(run).spec.changes)
    app.run()
    step = runs().status(run)["step"]
    assert spec_of(app) == runs().info(run).spec == short(1000).with_change(Change(step=step, path="optimizer.lr", value=0.03))
    assert not any(button.key == "use_run_settings" for button in app.button)
    assert rate_of_run(app).value == "0.03"  # type: ignore[attr-defined]
    assert f"Step {step:,}: learning rate 0.001 → 0.03" in "".join(text.value for text in app.markdown)
    app.button(key="remove_changes").click().run()
    assert spec_of(app) == short(1000)
    app.run()
    assert spec_of(app) == short(1000)
    assert any(button.key == "use_run_settings" for button in app.button)
    widget = rate_of_run(app)
    runs().stop(run)
    wait_until(runs(), run, lambda: runs().info(run).state.ended)
    widget.set_value("0.1").run()  # type: ignore[attr-defined]
    assert "This run has ended, so nothing in it can change." in messages(app)
    assert not [widget for widget in app.selectbox if str(widget.key).startswith("change.")]


def test_settings_that_differ_in_something_else_stay(visit: Visit) -> None:
    app = visit("playground", spec=to_token(short(1000)))
    app.button(key="step_epoch").click().run()
    wait_for(app, "paused")
    (seed,) = [widget for widget in app.number_input if str(widget.key).endswith("training.seed")]
    seed.set_value(9).run()
    rate_of_run(app).set_value("0.03").run()  # type: ignore[attr-defined]
    run = run_id(app)
    wait_until(runs(), run, lambda: runs().info(run).spec.changes)
    app.run()
    assert spec_of(app).changes == ()
    assert any(button.key == "use_run_settings" for button in app.button)
    app.button(key="reset").click().run()


def test_a_watcher_cannot_change_the_run(visit: Visit) -> None:
    address = runs().submit(short(1000), "batch")
    watched = runs().resolve(address).run_id
    app = visit("playground", run=watched)
    assert not [widget for widget in app.selectbox if str(widget.key).startswith("change.")]
    runs().stop(watched)


def test_a_weight_is_set_by_hand(visit: Visit) -> None:
    app = visit("playground", spec=to_token(short(1000)))
    app.button(key="step").click().run()
    wait_for(app, "paused")
    app.number_input(key="weight.network[1].weight.0").set_value(3)
    app.number_input(key="weight.network[1].weight.1").set_value(100)
    app.number_input(key="weight.value").set_value(2.5).run()
    app.button(key="set_weight").click().run()
    run = run_id(app)
    wait_until(runs(), run, lambda: runs().info(run).spec.changes)
    assert runs().info(run).spec.changes == (Change(step=1, path="network[1].weight[3][100]", value=2.5),)
    wait_until(runs(), run, lambda: runs().load(run).model[1].weight[3, 100].item() == 2.5)
    app.button(key="reset").click().run()


def test_whoever_only_watches_cannot_change_anything_by_any_callback(visit: Visit) -> None:
    """Also not with a widget of a page that was drawn while the visitor had control."""
    address = runs().submit(short(1000), "batch", owner="somebody")
    watched = runs().resolve(address).run_id
    app = visit("playground", spec=to_token(short(1000)))
    app.button(key="step").click().run()
    wait_for(app, "paused")
    app.session_state["values"]["run"] = watched
    rate_of_run(app).set_value("0.03")  # type: ignore[attr-defined]
    app.select_slider(key="speed").set_value(1).run()
    assert runs().info(watched).spec.changes == ()
    assert runs()._live.get(watched).steps_per_second == math.inf  # type: ignore[union-attr]
    runs().stop(watched)


def test_a_locked_setting_cannot_be_changed(visit: Visit) -> None:
    app = visit("playground", spec=to_token(short(1000)), lock="optimizer")
    app.button(key="step").click().run()
    wait_for(app, "paused")
    assert rate_of_run(app).disabled  # type: ignore[attr-defined]
    app.button(key="reset").click().run()
