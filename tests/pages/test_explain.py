"""The Explain page: what is picked, what is asked, and that the numbers on the screen are the network's."""

import base64
import io
import re
from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from playground import drawing
from playground.catalog.datasets import Digits8, MnistSample
from playground.explain import METHODS
from playground.explain.render import SIGNED_STOPS, picture, signed_scale
from playground.runs.directory import LoadedRun, load_run
from playground.web import markup
from playground.web.panels.explain_maps import MAX_MAPS, bars, sheet
from playground.web.panels.explain_tests import order
from playground.web.pretrained import PRETRAINED
from playground.web.routes import predict
from tests.pages.reading import messages
from tests.pages.test_draw import digits_run, points_run, shapes_run, short, trained

__all__ = ["digits_run", "points_run", "shapes_run"]

TEST = MnistSample().load().test


@pytest.fixture(scope="module")
def pretrained() -> LoadedRun:
    return load_run(PRETRAINED["digits"].directory)


def html(app: AppTest) -> str:
    return "\n".join(each.proto.body for each in app.get("html"))


def attributions(app: AppTest) -> dict[str, str]:
    """The HTML of each method's card."""
    found = re.findall(r'<article class="pg-attribution[^"]*" data-method="(\w+)".*?</article>', html(app), re.DOTALL)
    parts = re.findall(r'<article class="pg-attribution.*?</article>', html(app), re.DOTALL)
    return dict(zip(found, parts, strict=True))


def shown(app: AppTest) -> int:
    """The number of the test image on the screen."""
    (number,) = re.findall(r'<p class="pg-what">Test image (\d+) is classified as', html(app))
    return int(number)


def own_answers(run: LoadedRun) -> np.ndarray:
    with torch.no_grad():
        return run.model(torch.from_numpy(np.asarray(TEST.inputs)).float() / 255).argmax(1).numpy()


def test_all_methods_stand_side_by_side_for_a_mistake_of_the_pretrained_network(
    visit: Callable[..., AppTest], pretrained: LoadedRun
) -> None:
    app = visit("explain")
    assert list(attributions(app)) == METHODS.kinds()
    answers, truth = own_answers(pretrained), np.asarray(TEST.targets)
    wrong = np.flatnonzero(answers != truth)
    assert shown(app) in wrong
    assert any(f"Mistakes first ({len(wrong)} of 1,000)" == toggle.label for toggle in app.toggle)
    assert f'data-label="{answers[shown(app)]}"' in html(app)
    assert f"which is wrong: the true class is {truth[shown(app)]}" in html(app)


def test_integrated_gradients_add_up_to_the_step_from_the_baseline(visit: Callable[..., AppTest], pretrained: LoadedRun) -> None:
    app = visit("explain")
    x = torch.from_numpy(np.asarray(TEST.inputs[shown(app)])).float()[None] / 255
    with torch.no_grad():
        outputs, at_baseline = pretrained.model(x)[0], pretrained.model(torch.zeros_like(x))[0]
    target = int(outputs.argmax())
    card = attributions(app)["integrated_gradients"]
    total = float(re.findall(r"adds up to ([−\d.]+)", card)[0].replace("−", "-"))
    assert total == pytest.approx(float(outputs[target] - at_baseline[target]), rel=0.02)
    assert abs(float(re.findall(r'data-delta="([^"]+)"', card)[0])) < 0.02 * abs(total)


def test_another_class_another_baseline_and_an_overlay_give_other_pictures(visit: Callable[..., AppTest]) -> None:
    app = visit("explain")
    first = attributions(app)
    app.selectbox(key="explain-target").select(3).run()
    of_three = attributions(app)
    assert all(of_three[kind] != first[kind] for kind in METHODS.kinds())
    app.selectbox(key="explain-baseline").select("white").run()
    on_white = attributions(app)
    assert on_white["integrated_gradients"] != of_three["integrated_gradients"]
    assert on_white["occlusion"] != of_three["occlusion"]
    app.toggle(key="explain-overlay").set_value(True).run()
    assert "image/png" in attributions(app)["saliency"]
    assert attributions(app)["saliency"] != on_white["saliency"]
    assert not app.exception


def test_the_captions_name_what_is_explained(visit: Callable[..., AppTest]) -> None:
    app = visit("explain")
    assert all("the prediction" in card for card in attributions(app).values())
    app.selectbox(key="explain-target").select(8).run()
    assert all("an 8" in card and "the prediction" not in card for card in attributions(app).values())


@pytest.mark.parametrize("baseline", ["black", "white", "mean", "blurred", "noise"])
def test_every_baseline_can_be_asked_for(visit: Callable[..., AppTest], baseline: str) -> None:
    app = visit("explain")
    app.selectbox(key="explain-baseline").select(baseline).run()
    assert not app.exception
    assert "pg-refused" not in html(app)


def test_a_setting_of_a_method_changes_its_picture_alone(visit: Callable[..., AppTest]) -> None:
    app = visit("explain")
    before = attributions(app)
    app.number_input(key="explain-occlusion-window").set_value(9).run()
    after = attributions(app)
    pictures = {kind: re.findall(r'src="([^"]+)"', card)[0] for kind, card in before.items()}
    changed = {kind for kind, card in after.items() if re.findall(r'src="([^"]+)"', card)[0] != pictures[kind]}
    assert changed == {"occlusion"}


def test_one_class_alone_and_the_order_of_the_set(visit: Callable[..., AppTest]) -> None:
    app = visit("explain")
    app.selectbox(key="explain-class").select("7").run()
    assert TEST.targets[shown(app)] == 7
    app.toggle(key="explain-wrong").set_value(False).run()
    assert TEST.targets[shown(app)] == 7
    app.button(key="explain-on").click().run()
    assert not app.exception
    assert any("49–" in caption.value for caption in app.caption)


def test_without_a_drawing_the_way_to_one_is_shown(visit: Callable[..., AppTest]) -> None:
    app = visit("explain")
    app.get("button_group")[0].set_value("Your drawing").run()
    assert "Nothing drawn yet" in messages(app)
    assert not attributions(app)


def test_the_drawing_is_explained(visit: Callable[..., AppTest]) -> None:
    app = visit("explain")
    app.session_state["values"]["drawing"] = np.asarray(TEST.inputs[0][0], np.uint8).tobytes()
    app.get("button_group")[0].set_value("Your drawing").run()
    assert "Your drawing is classified as" in html(app)
    assert f'data-label="{TEST.targets[0]}"' in html(app)
    assert list(attributions(app)) == METHODS.kinds()


@pytest.fixture(scope="module")
def tiny_run() -> str:
    spec = short("mlp_784_256_10")
    return trained(spec.model_copy(update={"data": Digits8()}))


def test_draw_and_explain_give_the_network_the_same_image(
    visit: Callable[..., AppTest], tiny_run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On 8 × 8 pixels, where a second preparation would show."""
    prepared: list[tuple[int, ...]] = []
    once = drawing.prepare_drawing
    monkeypatch.setattr(drawing, "prepare_drawing", lambda image, **sizes: [prepared.append(image.shape), once(image, **sizes)][1])
    ink = np.zeros((112, 112), np.uint8)
    ink[20:90, 30:38] = ink[20:28, 30:80] = 255  # a seven from the left, off the middle
    answer = predict.respond(tiny_run, predict.Drawing(1, ink))
    seen = np.frombuffer(base64.b64decode(answer["seen"]), np.uint8).reshape(answer["side"])

    app = visit("explain", run=tiny_run)
    app.session_state["values"]["drawing"] = ink.tobytes()
    app.get("button_group")[0].set_value("Your drawing").run()
    (source,) = re.findall(r'<section class="pg-verdict".*?src="data:image/png;base64,([^"]+)"', html(app))
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(source))))
    assert set(prepared) == {(112, 112)}
    np.testing.assert_array_equal(shown[..., 0], seen)
    assert shown.shape == (8, 8, 3)
    assert (shown.max(axis=(1, 2)) > 128).all()  # as tall as its image, as the digits of this set are
    assert f'data-label="{answer["label"]}"' in html(app)


def test_a_method_that_does_not_apply_says_why_in_its_place(visit: Callable[..., AppTest], digits_run: str) -> None:
    app = visit("explain", run=digits_run)
    cards = attributions(app)
    assert list(cards) == METHODS.kinds()
    assert "convolution" in cards["grad_cam"]
    assert "<img" not in cards["grad_cam"]
    assert all("<img" in cards[kind] for kind in METHODS.kinds() if kind != "grad_cam")


def test_a_network_for_color_images_is_explained_with_its_test_images(visit: Callable[..., AppTest], shapes_run: str) -> None:
    app = visit("explain", run=shapes_run)
    assert list(attributions(app)) == METHODS.kinds()
    assert not app.get("button_group")  # no drawing is one of its pictures
    assert any(name in html(app) for name in ("circle", "square", "triangle"))


def test_a_run_on_points_is_told_and_the_way_out_leads_to_the_pretrained_network(visit: Callable[..., AppTest], points_run: str) -> None:
    app = visit("explain", run=points_run)
    assert not attributions(app)
    assert any("networks that classify images" in each.value for each in app.subheader)
    app.button(key="explain-pretrained").click().run()
    assert list(attributions(app)) == METHODS.kinds()
    assert app.selectbox[0].value == "digits"


def test_each_method_says_first_what_it_asks_and_folds_its_numbers_away(visit: Callable[..., AppTest]) -> None:
    for kind, card in attributions(visit("explain")).items():
        words, numbers = card.split("<details")
        assert METHODS[kind].asks in words
        assert "computed in" not in words
        assert "computed in" in numbers


def test_the_first_layer_shown_has_learned_something(visit: Callable[..., AppTest], digits_run: str) -> None:
    assert visit("explain").selectbox(key="explain-layer-digits").value == "0"
    app = visit("explain", run=digits_run)
    (menu,) = [box for box in app.selectbox if box.key.startswith("explain-layer")]
    assert menu.options[0].startswith("1 Flatten")
    assert dict(zip(("0", "1"), menu.options, strict=False))[menu.value].startswith("2 Dense")


def test_every_layer_can_be_looked_into(visit: Callable[..., AppTest], pretrained: LoadedRun) -> None:
    app = visit("explain")
    menu = app.selectbox(key="explain-layer-digits")
    assert menu.options[0] == "1 Convolution 2D, 16×28×28"
    assert [option.split(",")[0] for option in menu.options] == [f"{i} {each.title}" for i, each in enumerate(pretrained.spec.network, 1)]
    for name in ("3", "8", "12"):
        app.selectbox(key="explain-layer-digits").select(name).run()
        assert not app.exception
    assert "pg-unit-names" in html(app)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.floats(0.25, 1)), min_size=1, max_size=30), st.none() | st.integers(0, 3)
)
def test_wrong_ones_lead_the_surest_first_then_right_ones_the_least_sure_first(
    examples: list[tuple[int, int, float]], only: int | None
) -> None:
    truth, answers, confidences = (np.array(column) for column in zip(*examples, strict=True))
    found = order(truth, answers, confidences, wrong_first=True, only=only).tolist()
    kept = [i for i, example in enumerate(examples) if only is None or example[0] == only]
    expected = sorted(kept, key=lambda i: (truth[i] == answers[i], confidences[i] if truth[i] == answers[i] else -confidences[i]))
    assert found == expected
    assert order(truth, answers, confidences, wrong_first=False, only=only).tolist() == kept


def test_of_very_many_maps_the_first_are_shown_and_the_rest_is_told() -> None:
    page = sheet(torch.rand(MAX_MAPS + 1, 4, 4))
    assert page.count("<li>") == MAX_MAPS
    assert f"Showing the first {MAX_MAPS} of {MAX_MAPS + 1}" in page


def test_maps_keep_their_colors_from_layer_to_layer_and_the_legend_shows_those_that_occur() -> None:
    values = torch.tensor([[[0.0, 1.0]]])
    assert "−1.00" not in sheet(values)
    assert "−1.00" in sheet(torch.tensor([[[-1.0, 1.0]]]))
    assert signed_scale(values).upper.stops == SIGNED_STOPS[4:]
    assert (np.asarray(picture(values, signed_scale(values))) == np.asarray(picture(values, signed_scale(values).upper))).all()


def test_bars_stand_on_the_zero_line_and_are_as_high_as_their_numbers() -> None:
    places = re.findall(r'class="(pg-plus|pg-minus)" style="top:([\d.]+)%;height:([\d.]+)%"', bars(torch.tensor([3.0, -1.0, 0.0, 1.0]), ()))
    assert places == [
        ("pg-plus", "0.00", "75.00"),
        ("pg-minus", "75.00", "25.00"),
        ("pg-plus", "75.00", "0.00"),
        ("pg-plus", "50.00", "25.00"),
    ]


def test_bars_of_dead_units_are_flat() -> None:
    assert "height:0.00%" in bars(torch.zeros(3), ("<a>", "b", "c"))
    assert "<a>" not in bars(torch.zeros(3), ("<a>", "b", "c"))


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (-0.4213, "−0.421"), (12.34, "12.3"), (1234.5, "1234"), (0.00001234, "1.2·10⁻⁵"), (float("nan"), "–"), (1.0, "1.00")],
)
def test_numbers_have_three_digits(value: float, text: str) -> None:
    assert markup.number(value) == text
