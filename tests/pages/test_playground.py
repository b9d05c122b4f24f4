"""The playground page: the spec through its widgets, and a run through its controls."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground.catalog.datasets import DATASETS, Plane
from playground.catalog.layers import Dense, Output, Softmax, Tanh
from playground.catalog.losses import MSE
from playground.catalog.optimizers import Adam
from playground.export.link import to_token
from playground.presets import PRESETS
from playground.spec import ExperimentSpec, TrainingSettings
from playground.web import edits
from playground.web.server import runs
from tests.pages.reading import ending, messages, spec_of

MLP = PRESETS["mlp_784_256_10"].spec
Visit = Callable[..., AppTest]


def short(epochs: int = 1) -> ExperimentSpec:
    """A run of a moment."""
    return edits.set_field(edits.set_field(MLP, "network[1].units", 4), "training.epochs", epochs)


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


def test_before_the_first_run_only_training_can_begin(visit: Visit) -> None:
    assert enabled(visit("playground")) == {"play", "step", "step_epoch"}


@pytest.mark.parametrize("kind", DATASETS.kinds())
def test_every_dataset_can_be_picked_and_trained(visit: Visit, kind: str) -> None:
    app = visit("playground")
    ending(app.selectbox, "data.kind").select(kind).run()
    assert not app.exception
    assert spec_of(app).data.kind == kind
    assert "play" in enabled(app)


@pytest.mark.parametrize("kind", ["gaussian", "rearranging", "plane"])
def test_only_settings_with_an_effect_on_the_data_are_offered(visit: Visit, kind: str) -> None:
    app = visit("playground")
    ending(app.selectbox, "data.kind").select(kind).run()
    keys = {
        widget.key.rpartition(".data.")[2] for widget in (*app.slider, *app.select_slider, *app.toggle) if ".data." in (widget.key or "")
    }
    assert keys & {"imbalance", "standardise"} == {*DATASETS[kind]().difficulty} & {"imbalance", "standardise"}


def test_a_dataset_of_another_task_changes_the_loss_and_says_so(visit: Visit) -> None:
    app = visit("playground")
    ending(app.selectbox, "data.kind").select("plane").run()
    assert "The loss is now" in messages(app)


def test_sliders_and_numbers_edit_the_spec(visit: Visit) -> None:
    app = visit("playground", spec=to_token(PRESETS["playground_2d"].spec))
    ending(app.slider, "data.noise").set_value(0.3).run()
    ending(app.number_input, "training.epochs").set_value(7).run()
    ending(app.number_input, "training.stop.patience").set_value(4).run()
    spec = spec_of(app)
    assert (spec.data.model_dump()["noise"], spec.training.epochs, spec.training.stop.patience) == (0.3, 7, 4)


def test_a_learning_rate_is_picked(visit: Visit) -> None:
    app = visit("playground")
    ending(app.selectbox, "optimizer.lr").select("0.003").run()
    assert spec_of(app).optimizer.lr == 0.003
    assert ending(app.selectbox, "optimizer.lr").value == "0.003"


def test_nesterov_without_momentum_is_refused_in_words(visit: Visit) -> None:
    app = visit("playground", spec=to_token(edits.replace_part(MLP, "optimizer", "sgd")))
    ending(app.toggle, "optimizer.nesterov").set_value(True).run()
    assert "needs a momentum greater than 0" in messages(app)
    assert ending(app.toggle, "optimizer.nesterov").value is False


def test_augmentations_are_added_changed_and_removed(visit: Visit) -> None:
    app = visit("playground")
    ending(app.button, "augmentations.add.rotation").click().run()
    ending(app.button, "augmentations.add.noise").click().run()
    ending(app.select_slider, "data.augmentations[0].degrees").set_value(45).run()
    ending(app.button, "augmentations.1.up").click().run()
    kinds = [each["kind"] for each in spec_of(app).model_dump()["data"]["augmentations"]]
    assert kinds == ["noise", "rotation"]
    assert spec_of(app).model_dump()["data"]["augmentations"][1]["degrees"] == 45.0
    ending(app.button, "augmentations.0.remove").click().run()
    assert [each["kind"] for each in spec_of(app).model_dump()["data"]["augmentations"]] == ["rotation"]


def test_a_network_that_cannot_work_cannot_be_trained_and_says_why(visit: Visit) -> None:
    app = visit("playground", spec=to_token(edits.remove_layer(MLP, "network[0]")))
    assert enabled(app) == set()
    assert "Dense needs a vector" in app.button(key="play").help


def test_a_loss_of_another_task_is_told_at_the_loss_and_repaired_there(visit: Visit) -> None:
    app = visit("playground", spec=to_token(edits.replace_dataset(PRESETS["playground_2d"].spec, "plane").spec))
    ending(app.selectbox, "loss.kind").select("hinge").run()
    assert "cannot be computed" in messages(app)
    assert "play" not in enabled(app)
    (fix,) = [button for button in app.button if ".fix.loss." in str(button.key)]
    fix.click().run()
    assert spec_of(app).loss.kind == "mse"
    assert "play" in enabled(app)


def test_a_device_that_is_not_there_cannot_be_trained_on(visit: Visit) -> None:
    app = visit("playground", spec=to_token(edits.set_field(MLP, "training.device", "mps")))
    assert "play" not in enabled(app)
    assert "is not available" in messages(app)


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


def test_a_loss_whose_outputs_are_not_probabilities_says_so(visit: Visit) -> None:
    def captions(loss: str) -> str:
        return " ".join(caption.value for caption in visit("playground", spec=to_token(edits.replace_part(MLP, "loss", loss))).caption)

    assert "fitted to 1 and 0 and are not probabilities" in captions("mse")
    assert "scores, not probabilities" in captions("hinge")
    assert "not probabilities" not in captions("cross_entropy")


def test_a_warning_does_not_keep_from_training(visit: Visit) -> None:
    spec = MLP.model_copy(update={"network": (*MLP.network, Softmax()), "training": short().training})
    app = visit("playground", spec=to_token(spec))
    play = app.button(key="play")
    assert play.label == "Train anyway"
    assert "applies softmax itself" in play.help
    play.click().run()
    wait_for(app, "finished")


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


def test_a_preset_leaves_a_finished_run_on_the_screen(visit: Visit) -> None:
    app = visit("playground", spec=to_token(short()))
    app.button(key="play").click().run()
    wait_for(app, "finished")
    address = app.session_state["values"]["run"]
    ending(app.button, "preset.small_cnn").click().run()
    assert spec_of(app) == PRESETS["small_cnn"].spec
    assert app.session_state["values"]["run"] == address
    assert app.button(key="use_run_settings")


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


def test_an_address_of_no_run_is_told(visit: Visit) -> None:
    app = visit("playground", run="c" + "x" * 22, spec=to_token(short()))
    assert "no run at this address" in messages(app)
    assert spec_of(app) == short()
    assert "play" in enabled(app)


def test_advanced_settings_are_folded_and_counted(visit: Visit) -> None:
    app = visit("playground")
    ending(app.number_input, "training.clip_norm").set_value(1.0).run()
    ending(app.number_input, "training.ema").set_value(0.99).run()
    ending(app.number_input, "optimizer.beta1").set_value(0.8).run()
    spec = spec_of(app)
    assert (spec.training.clip_norm, spec.training.ema, spec.optimizer.model_dump()["beta1"]) == (1, 0.99, 0.8)
    ending(app.number_input, "training.ema").set_value(1.0).run()
    assert "less than 1" in messages(app)
    assert spec_of(app) == spec


def test_class_weights_of_the_wrong_number_are_reported_with_a_fix(visit: Visit) -> None:
    app = visit("playground")
    ending(app.selectbox, "loss.kind").select("weighted_cross_entropy").run()
    ending(app.text_input, "loss.weights").set_value("1, 2").run()
    assert "has 10 classes, but there are 2 class weights" in messages(app)
    assert "play" not in enabled(app)
    next(button for button in app.button if button.label == "Use balanced weights").click().run()
    assert spec_of(app).loss.model_dump()["weights"] == "balanced"
    assert "play" in enabled(app)


def test_mixed_precision_on_a_server_without_cuda_cannot_be_trained_and_says_why(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    app = visit("playground")
    ending(app.selectbox, "training.precision").select("mixed").run()
    assert "needs a GPU with CUDA" in messages(app)
    assert "play" not in enabled(app)


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
