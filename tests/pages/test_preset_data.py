"""A preset does not replace your own data without asking."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground.export.link import to_token
from playground.own import OwnDataset
from playground.presets import PRESETS
from playground.spec import ExperimentSpec
from playground.web.edits import misfit, replace_dataset
from tests.own.examples import own_dataset
from tests.pages.reading import messages, spec_of

Visit = Callable[..., AppTest]


def of_table() -> ExperimentSpec:
    return replace_dataset(PRESETS["mlp_784_256_10"].spec, own_dataset("own_table")).spec


def asked(visit: Visit, preset: str) -> AppTest:
    spec = of_table()
    app = visit(spec=to_token(spec))
    app.button(key=f"open_{preset}").click().run()
    assert not app.exception
    assert spec_of(app) == spec, "nothing has changed yet"
    return app


def test_your_data_stays_if_you_like(visit: Visit) -> None:
    app = asked(visit, "keras_classic")
    app.button(key="preset_keep_data").click().run()
    assert not app.exception
    spec = spec_of(app)
    assert spec.data == of_table().data
    assert [layer.kind for layer in spec.network] == ["flatten", "dense", "relu", "dropout", "output"]
    assert "epochs instead of" in messages(app)
    assert not app.button(key="play").disabled


def test_or_gives_way_to_that_of_the_preset(visit: Visit) -> None:
    app = asked(visit, "lenet5")
    app.button(key="preset_use_data").click().run()
    assert spec_of(app) == PRESETS["lenet5"].spec
    assert "preset_use_data" not in {button.key for button in app.button}


def test_where_the_network_cannot_read_your_data_the_dialog_says_why(visit: Visit) -> None:
    app = asked(visit, "text_cnn")
    assert app.button(key="preset_keep_data").disabled
    assert "Its network reads texts; your data consists of rows of numbers, which none of its layers can read." in said(app)
    assert not app.button(key="preset_use_data").disabled


def test_the_menu_of_the_playground_asks_too(visit: Visit) -> None:
    app = visit("playground", spec=to_token(of_table()))
    (button,) = (each for each in app.button if str(each.key).endswith("preset.lenet5"))
    button.click().run()
    assert spec_of(app) == of_table()
    app.button(key="preset_keep_data").click().run()
    assert spec_of(app).data == of_table().data
    assert spec_of(app).optimizer == PRESETS["lenet5"].spec.optimizer


def said(app: AppTest) -> str:
    return "\n".join(str(each.value) for each in app.markdown)


@pytest.mark.parametrize(
    ("kind", "preset", "fits"),
    [
        ("own_table", "mlp_784_256_10", True), ("own_table", "perceptron", True), ("own_table", "resnet_small", False),
        ("own_table", "speaker_lstm", False), ("own_images", "lenet5", True), ("own_images", "vit_digits", True),
        ("own_images", "adding_lstm", False), ("own_images", "denoising_autoencoder", False), ("own_series", "forecast_gru", True),
        ("own_series", "char_gpt", False), ("own_text", "sentiment_attention", True), ("own_corpus", "char_gpt", True),
        ("own_points", "playground_2d", True), ("own_points", "text_cnn", False),
    ],
)  # fmt: skip
def test_a_network_fits_if_one_of_its_layers_can_learn_from_the_data(kind: str, preset: str, fits: bool) -> None:
    data: Any = own_dataset(kind)
    assert isinstance(data, OwnDataset)
    assert (misfit(PRESETS[preset], replace_dataset(PRESETS[preset].spec, data)) is None) == fits


def test_a_link_that_locks_the_data_lets_presets_be_opened_with_it(visit: Visit) -> None:
    app = visit(spec=to_token(of_table()), lock="data")
    assert app.button(key="open_text_cnn").disabled, "its network cannot read the data"
    app.button(key="open_keras_classic").click().run()
    assert app.button(key="preset_use_data").disabled
    app.button(key="preset_keep_data").click().run()
    assert not app.exception
    assert spec_of(app).data == of_table().data
    assert "dropout" in [layer.kind for layer in spec_of(app).network]
