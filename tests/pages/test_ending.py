"""What the playground page says and offers for a run that has ended: badly, early, or with a poor result."""

import time
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground.catalog.datasets import Plane
from playground.catalog.layers import Dense, Output, Tanh
from playground.catalog.losses import MSE
from playground.catalog.optimizers import Adam
from playground.export.link import to_token
from playground.presets import PRESETS
from playground.runs import RunState
from playground.spec import ExperimentSpec, TrainingSettings
from playground.web import edits
from playground.web.server import runs
from tests.pages.controls import Visit, short, wait_for
from tests.pages.reading import messages, spec_of
from tests.runs.experiments import endless, the_worker, wait_for_step
from tests.runs.experiments import wait_for as wait_for_state


def test_a_failed_run_can_be_resumed(visit: Visit) -> None:
    control = runs().submit(endless())
    run_id = runs().resolve(control).run_id
    wait_for_step(runs(), run_id, 10)
    the_worker().kill()
    wait_for_state(runs(), run_id, RunState.FAILED)
    app = visit("playground", run=control)
    assert "The training process was killed" in messages(app)
    app.button(key="ending_resume").click().run()
    assert "The training process was killed" not in messages(app)
    wait_for_state(runs(), run_id, RunState.RUNNING)
    runs().stop(run_id)
    wait_for_state(runs(), run_id, RunState.STOPPED)
    watching = visit("playground", run=run_id)
    assert not [button for button in watching.button if button.key == "ending_resume"]


def test_a_run_beyond_a_limit_names_the_limit_and_is_not_resumed(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_RUN_FLOPS", "1")
    control = runs().submit(endless())
    wait_for_state(runs(), runs().resolve(control).run_id, RunState.REFUSED)
    app = visit("playground", run=control)
    assert "The operator of this server can allow more: PLAYGROUND_RUN_FLOPS" in messages(app)
    assert not [button for button in app.button if button.key == "ending_resume"]


def exploding() -> ExperimentSpec:
    """Fifty points of a plane, learned with a rate that is far too large."""
    spec = edits.replace_part(edits.replace_dataset(PRESETS["playground_2d"].spec, "plane").spec, "optimizer", "sgd")
    return edits.set_field(edits.set_field(spec, "optimizer.lr", 10), "training.epochs", 50)


def suggestions_of(app: AppTest) -> dict[str, Any]:
    return {button.label: button for button in app.button if ".suggestion." in str(button.key)}


def test_suggestions_of_a_diverged_run_are_one_edit_each_and_can_be_undone(visit: Visit) -> None:
    app = visit("playground", spec=to_token(exploding()))
    app.button(key="play").click().run()
    wait_for(app, "diverged")
    assert "with a learning rate of 10" in messages(app)
    assert list(suggestions_of(app)) == [
        "Use learning rate 0.01",
        "Clip gradients at norm 1",
        "Standardize the data",
        "Use Adam",
        "Use the Huber loss",
        "Use the one-cycle schedule",
    ]
    assert "1,000 times larger" in suggestions_of(app)["Use learning rate 0.01"].help

    suggestions_of(app)["Use learning rate 0.01"].click().run()
    slower = edits.set_field(exploding(), "optimizer.lr", 0.01)
    assert spec_of(app) == slower
    assert "Use learning rate 0.01" not in suggestions_of(app)
    suggestions_of(app)["Use the Huber loss"].click().run()
    assert spec_of(app) == edits.replace_part(slower, "loss", "huber")
    assert len(app.session_state["values"]["history"]["past"]) == 2

    app.button(key="play").click().run()
    assert wait_for(app, "finished", "diverged") == "finished"
    assert not suggestions_of(app)
    assert "learning rate of 10" not in messages(app)


def test_what_went_wrong_can_be_closed_and_comes_back_with_the_next_run(visit: Visit) -> None:
    app = visit("playground", spec=to_token(exploding()))
    app.button(key="play").click().run()
    wait_for(app, "diverged")
    app.button(key="ending_close").click().run()
    assert not suggestions_of(app)
    assert "step" not in messages(app)
    app.button(key="play").click().run()
    wait_for(app, "diverged")
    assert suggestions_of(app)


def test_who_watches_a_diverged_run_reads_what_to_try(visit: Visit) -> None:
    owner = visit("playground", spec=to_token(exploding()))
    owner.button(key="play").click().run()
    wait_for(owner, "diverged")
    guest = visit("playground", run=runs().resolve(owner.session_state["values"]["run"]).run_id)
    assert not suggestions_of(guest)
    assert "Try the Huber loss" in messages(guest)


def runaway() -> ExperimentSpec:
    """Adam with steps far too long: the loss is enormous, finite, and never settles."""
    training = TrainingSettings(epochs=1000, batch_size=8, device="cpu")
    network = (Dense(units=64), Tanh(), Output())
    return ExperimentSpec(data=Plane(samples=1000), network=network, loss=MSE(), optimizer=Adam(lr=100), training=training)


def test_a_run_that_diverges_says_so_while_it_goes_on_and_ends_as_diverged(visit: Visit) -> None:
    app = visit("playground", spec=to_token(runaway()))
    assert "100,000 times the usual one for Adam" in messages(app)
    app.button(key="play").click().run()
    run_id = runs().resolve(app.session_state["values"]["run"]).run_id
    until = time.monotonic() + 60
    while not runs().info(run_id).diverging:
        assert time.monotonic() < until
        time.sleep(0.02)
    app.run()
    assert "Training is diverging" in messages(app)
    assert "It continues until you stop it." in messages(app)
    assert next(iter(suggestions_of(app))) == "Use learning rate 0.001"
    app.button(key="stop").click().run()
    wait_for(app, "diverged")
    assert "has grown to" in messages(app)
    assert next(iter(suggestions_of(app))) == "Use learning rate 0.001"


def test_what_a_run_did_not_learn_is_said_over_its_curves_and_can_be_closed(visit: Visit) -> None:
    spec = edits.set_field(exploding(), "optimizer.lr", 1e-9)
    app = visit("playground", spec=to_token(spec))
    assert app.button(key="play").label == "Train"
    app.button(key="play").click().run()
    wait_for(app, "finished")
    assert "no better than always predicting the same value" in messages(app)
    app.button(key="ending_close").click().run()
    assert not messages(app)


def test_an_early_end_says_why_beside_the_title(visit: Visit) -> None:
    app = visit("playground", spec=to_token(edits.set_field(short(5), "training.stop.target_accuracy", 0.01)))
    app.button(key="play").click().run()
    wait_for(app, "finished")
    assert "Ended early: the target accuracy was reached." in [caption.value for caption in app.caption]
