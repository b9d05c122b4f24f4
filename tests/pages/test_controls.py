"""The controls of a run on the playground page."""

import json
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from playground.catalog.layers import Softmax
from playground.export.link import to_token
from playground.presets import PRESETS
from playground.web.server import runs
from tests.pages.controls import MLP, Visit, enabled, short, wait_for
from tests.pages.reading import ending, messages, spec_of


def test_before_the_first_run_only_training_can_begin(visit: Visit) -> None:
    assert enabled(visit("playground")) == {"play", "step", "step_epoch"}


def test_training_pausing_stepping_resuming_and_stopping(visit: Visit) -> None:
    app = visit("playground", spec=to_token(short(1000)))
    app.button(key="play").click().run()
    assert app.session_state["values"]["run"] in app.query_params["run"]
    wait_for(app, "running")
    assert enabled(app) == {"pause", "stop", "reset"}
    app.button(key="pause").click().run()
    wait_for(app, "paused")
    assert app.button(key="play").label == "Resume"
    assert enabled(app) == {"play", "step", "step_epoch", "stop", "reset"}
    run_id = runs().resolve(app.session_state["values"]["run"]).run_id
    before = runs().status(run_id)["step"]
    app.button(key="step").click().run()
    until = time.monotonic() + 30
    while runs().status(run_id)["step"] == before:
        assert time.monotonic() < until
        time.sleep(0.02)
    wait_for(app, "paused")
    assert runs().status(run_id)["step"] == before + 1
    app.button(key="play").click().run()
    wait_for(app, "running")
    app.button(key="stop").click().run()
    wait_for(app, "stopped")
    assert enabled(app) == {"play", "step", "step_epoch", "reset"}
    app.button(key="reset").click().run()
    assert app.session_state["values"]["run"] is None
    assert "run" not in app.query_params


def test_a_step_without_a_run_starts_one_that_waits(visit: Visit) -> None:
    app = visit("playground", spec=to_token(short(5)))
    app.button(key="step").click().run()
    wait_for(app, "paused")
    assert runs().status(runs().resolve(app.session_state["values"]["run"]).run_id)["step"] == 1
    app.button(key="reset").click().run()


def test_a_warning_does_not_keep_from_training(visit: Visit) -> None:
    spec = MLP.model_copy(update={"network": (*MLP.network, Softmax()), "training": short().training})
    app = visit("playground", spec=to_token(spec))
    play = app.button(key="play")
    assert play.label == "Train anyway"
    assert "applies softmax itself" in play.help
    play.click().run()
    wait_for(app, "finished")


def test_settings_that_moved_on_are_told_and_can_be_taken_back(visit: Visit) -> None:
    app = visit("playground", spec=to_token(short()))
    app.button(key="play").click().run()
    wait_for(app, "finished")
    assert not any(button.key == "use_run_settings" for button in app.button)
    ending(app.number_input, "training.seed").set_value(9).run()
    assert any("other settings" in str(text.value) for text in app.markdown)
    assert "training.seed: 0 → 9" in app.button(key="use_run_settings").help
    app.button(key="use_run_settings").click().run()
    assert spec_of(app) == short()
    assert not any(button.key == "use_run_settings" for button in app.button)


def test_settings_that_moved_on_can_be_trained_in_the_place_of_a_run_that_goes_on(visit: Visit) -> None:
    app = visit("playground", spec=to_token(short(epochs=1000)))
    app.button(key="play").click().run()
    wait_for(app, "running")
    assert "play" not in enabled(app)
    first = runs().resolve(app.session_state["values"]["run"]).run_id
    ending(app.number_input, "training.seed").set_value(7).run()
    assert "play" in enabled(app)
    app.button(key="play").click().run()
    second = runs().resolve(app.session_state["values"]["run"]).run_id
    assert second != first
    assert runs().info(second).spec.training.seed == 7
    until = time.monotonic() + 60
    while runs().info(first).state.value != "stopped":
        assert time.monotonic() < until
        time.sleep(0.02)
    app.button(key="stop").click().run()
    assert wait_for(app, "stopped") == "stopped"


def test_a_preset_leaves_a_finished_run_on_the_screen(visit: Visit) -> None:
    app = visit("playground", spec=to_token(short()))
    app.button(key="play").click().run()
    wait_for(app, "finished")
    address = app.session_state["values"]["run"]
    ending(app.button, "preset.small_cnn").click().run()
    assert spec_of(app) == PRESETS["small_cnn"].spec
    assert app.session_state["values"]["run"] == address
    assert app.button(key="use_run_settings")


def test_a_run_that_cannot_be_kept_is_told(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    app = visit("playground")
    monkeypatch.setattr(runs(), "_directory", Path("/dev/null"))
    app.button(key="play").click().run()
    assert not app.exception
    assert "cannot create this directory" in messages(app)
    assert spec_of(app) == MLP


def test_who_watches_controls_nothing_and_can_train_a_copy(visit: Visit) -> None:
    owner = visit("playground", spec=to_token(short(1000)))
    owner.button(key="play").click().run()
    run_id = runs().resolve(owner.session_state["values"]["run"]).run_id
    guest = visit("playground", run=run_id)
    assert enabled(guest) == set()
    assert "You are watching" in messages(guest)
    assert spec_of(guest) == short(1000)
    guest.button(key="own").click().run()
    assert "play" in enabled(guest)
    assert spec_of(guest) == short(1000)
    owner.button(key="reset").click().run()


@pytest.mark.parametrize("key", ["play", "pause", "step", "step_epoch", "stop", "reset"])
def test_a_button_that_is_pressed_although_it_is_disabled_commands_no_run_of_somebody_else(visit: Visit, key: str) -> None:
    """A program need not follow what the page draws."""
    owner = visit("playground", spec=to_token(short(1000)))
    owner.button(key="step").click().run()
    wait_for(owner, "paused")
    run_id = runs().resolve(owner.session_state["values"]["run"]).run_id
    before = runs().status(run_id)
    guest = visit("playground", run=run_id)
    button = guest.button(key=key)
    button.proto.disabled = False
    button.click().run()
    assert not guest.exception
    assert runs().status(run_id) == before
    owner.button(key="reset").click().run()


def test_a_visitor_who_has_used_up_a_limit_is_told_which(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_STORED_BYTES_PER_OWNER", "1")
    monkeypatch.setattr(type(runs()), "stored_bytes", lambda self, owner: 2_000_000_000)
    app = visit("playground", spec=to_token(short()))
    app.button(key="play").click().run()
    assert "take 2.0 GB on this server" in messages(app)
    assert "PLAYGROUND_STORED_BYTES_PER_OWNER" in messages(app)
    monkeypatch.undo()
    app.button(key="step").click().run()
    wait_for(app, "paused")
    other = visit("playground", spec=to_token(short(1000)))
    other.button(key="play").click().run()
    monkeypatch.setenv("PLAYGROUND_RUNS_IN_ALL", "1")
    app.button(key="play").click().run()  # resumes
    assert "PLAYGROUND_RUNS_IN_ALL" in messages(app)
    assert app.button(key="play").label == "Resume"
    for each in (app, other):
        each.button(key="reset").click().run()


def test_why_nothing_can_be_trained_is_said_where_the_curves_will_be(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a narrow screen the network with its problems is far below, and a disabled button says nothing to a finger."""
    assert note(visit("playground", spec=to_token(MLP))) == "Press Train to see the curves here."
    monkeypatch.setenv("PLAYGROUND_MAX_PARAMETERS", "1000")
    assert "limit of 1,000 (PLAYGROUND_MAX_PARAMETERS)" in note(visit("playground", spec=to_token(MLP)))


def note(app: AppTest) -> str:
    """What the empty chart says."""
    (chart,) = [data for part in app.get("bidi_component") if "earlier" in (data := json.loads(part.proto.bytes))]
    return str(chart["note"])


def test_an_address_of_no_run_is_told(visit: Visit) -> None:
    app = visit("playground", run="c" + "x" * 22, spec=to_token(short()))
    assert "no run at this address" in messages(app)
    assert spec_of(app) == short()
    assert "play" in enabled(app)


@pytest.mark.parametrize(
    ("preset", "pages"),
    [("mlp_784_256_10", {"draw", "predict", "explain"}), ("playground_2d", {"predict"}), ("sentiment_attention", {"explain", "attention"})],
)
def test_a_run_leads_to_the_pages_that_can_use_its_network(visit: Visit, preset: str, pages: set[str]) -> None:
    spec = PRESETS[preset].spec
    assert not {button.key for button in visit("playground", spec=to_token(spec)).button if str(button.key).startswith("onward-")}
    run = runs().submit(spec, step="batch")
    app = visit("playground", run=run)
    assert {button.key for button in app.button if str(button.key).startswith("onward-")} == {f"onward-{page}" for page in pages}
    runs().stop(runs().resolve(run).run_id)
