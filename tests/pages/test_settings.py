"""The settings on the playground page: they edit the spec, and what cannot be trained says why."""

import pytest

from playground.catalog.datasets import DATASETS
from playground.export.link import to_token
from playground.presets import PRESETS
from playground.web import edits
from tests.pages.controls import MLP, Visit, enabled
from tests.pages.reading import ending, messages, spec_of


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


def test_a_loss_whose_outputs_are_not_probabilities_says_so(visit: Visit) -> None:
    def captions(loss: str) -> str:
        return " ".join(caption.value for caption in visit("playground", spec=to_token(edits.replace_part(MLP, "loss", loss))).caption)

    assert "fitted to 1 and 0 and are not probabilities" in captions("mse")
    assert "scores, not probabilities" in captions("hinge")
    assert "not probabilities" not in captions("cross_entropy")


def test_class_weights_of_the_wrong_number_are_reported_with_a_fix(visit: Visit) -> None:
    app = visit("playground")
    ending(app.selectbox, "loss.kind").select("weighted_cross_entropy").run()
    ending(app.text_input, "loss.weights").set_value("1, 2").run()
    assert "has 10 classes, but there are 2 class weights" in messages(app)
    assert "play" not in enabled(app)
    next(button for button in app.button if button.label == "Use balanced weights").click().run()
    assert spec_of(app).loss.model_dump()["weights"] == "balanced"
    assert "play" in enabled(app)


def test_a_device_that_is_not_there_cannot_be_trained_on(visit: Visit) -> None:
    app = visit("playground", spec=to_token(edits.set_field(MLP, "training.device", "mps")))
    assert "play" not in enabled(app)
    assert "is not available" in messages(app)


def test_mixed_precision_on_a_server_without_cuda_cannot_be_trained_and_says_why(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    app = visit("playground")
    ending(app.selectbox, "training.precision").select("mixed").run()
    assert "needs a GPU with CUDA" in messages(app)
    assert "play" not in enabled(app)
