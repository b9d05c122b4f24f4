"""The picture of a network moves while it learns: points, images and sequences, by pointer and by keyboard, on every screen."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from playground.catalog.layers import Dense
from playground.spec import ExperimentSpec
from tests.browser.chromium import NARROW, settled
from tests.browser.server import App
from tests.browser.steps import POLL_MS, experiment, open_experiment, press, train, train_to_the_end, wait_for_state
from tests.browser.test_looks import in_each_theme, serious_faults

FRAMES = 3


def wait_for_frames(page: Page, more: int = FRAMES) -> None:
    """Waits until so many more frames were drawn."""
    before = page.locator(".pg-network").get_attribute("data-frames") or 0
    page.wait_for_function(
        "least => Number(document.querySelector('.pg-network')?.dataset.frames ?? 0) >= least", arg=int(before) + more, polling=POLL_MS
    )


@pytest.mark.parametrize(
    ("spec", "first"),
    [
        (experiment("playground_2d", epochs=1000), "Input (2 units), then Dense, Tanh (4 units)"),
        (experiment("mlp_784_256_10", epochs=100), "Input, Flatten (1 map), then Dense, ReLU (16 of 256 units), then Output (10 units)."),
        (experiment("lenet5", epochs=100), "Input (1 map), then Convolution 2D, Tanh (6 maps), then Average pooling 2D (6 maps)"),
        (
            experiment("speaker_lstm", epochs=500),
            "Input (12 features), then LSTM, states (32 of 128 features), then LSTM, Dropout (32 of 128 units), then Output (9 units).",
        ),
    ],
    ids=["points", "mlp", "cnn", "sequence"],
)
def test_it_moves_while_the_network_learns(page: Page, app: App, spec: ExperimentSpec, first: str) -> None:
    open_experiment(page, app, spec)
    expect(page.locator(".pg-network")).to_have_count(0)
    train(page)
    picture = page.locator(".pg-network")
    wait_for_frames(page)
    expect(picture).to_have_attribute("data-layers", str(len(spec.network)))
    label = picture.locator("canvas").first.get_attribute("aria-label") or ""
    assert first in label
    press(page, "pause")
    wait_for_state(page, "paused", "finished")


def test_units_and_weights_have_numbers_and_one_of_them_is_shown_large(page: Page, app: App) -> None:
    spec = experiment("playground_2d", epochs=20).model_copy(update={"network": (Dense(units=3), *experiment("playground_2d").network[1:])})
    open_experiment(page, app, spec)
    train_to_the_end(page)
    picture = page.locator(".pg-network")
    wait_for_step(page)
    canvas, note = picture.locator(".pg-network-stage canvas"), picture.locator("> .pg-note")
    page.evaluate("""() => document.addEventListener('pg-network-select', ({ detail }) => { window.selected = detail; })""")
    canvas.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):  # the first key begins at the first unit
        page.keyboard.press(key)
    expect(note).to_contain_text("Unit 2 of Dense, Tanh: from")
    expect(note).to_contain_text("bias")
    page.keyboard.press("Enter")
    unit = picture.locator(".pg-network-unit")
    expect(unit).to_have_attribute("data-path", "network[0]")
    expect(unit.locator("li")).to_have_count(2)
    assert page.evaluate("window.selected") == {"path": "network[0]", "unit": 1, "from": None}
    for theme in in_each_theme(page):
        assert not (faults := serious_faults(page)), f"{theme}: {faults}"
    canvas.focus()
    page.keyboard.press("Escape")
    expect(unit).to_be_hidden()

    box = canvas.bounding_box() or {}
    middle = page.evaluate(LINE)  # of the line from the first input to the first unit
    page.mouse.move(box["x"] + middle["x"], box["y"] + middle["y"])
    expect(note).to_contain_text("Weight from x1 to unit 1 of Dense, Tanh:")


LINE = """async () => {
    const { alongLine, columnsOf, geometry, lineOf } = await import("/assets/js/network_picture_model.js");
    const { follow } = await import("/assets/js/socket.js");
    const root = document.querySelector(".pg-network");
    let columns = [];
    follow(root.dataset.run, (channel) => { columns = columnsOf(channel.declared.views.find(({ name }) => name === "network").slices); })();
    return alongLine(lineOf(geometry(columns, root.querySelector(".pg-network-stage").clientWidth), 1, 0, 0), 0.2);
}"""


def wait_for_step(page: Page) -> None:
    """Waits until the picture is that of the last step."""
    last = page.locator(".pg-live-chart").get_attribute("data-step")
    expect(page.locator(".pg-network")).to_have_attribute("data-step", str(last))


def test_a_closed_picture_is_not_sent_and_stays_closed(page: Page, app: App) -> None:
    frames: list[str] = []
    page.on(
        "websocket", lambda socket: "/live/" in socket.url and socket.on("framereceived", lambda content: frames.append(name_of(content)))
    )
    open_experiment(page, app, experiment("playground_2d", epochs=1000))
    train(page)
    wait_for_frames(page)
    assert "network" in frames
    page.locator(".pg-network > summary").click()
    page.wait_for_timeout(500)
    frames.clear()
    page.wait_for_timeout(500)
    assert "boundary" in frames
    assert "network" not in frames
    press(page, "pause")
    wait_for_state(page, "paused", "finished")
    page.reload()
    settled(page)
    expect(page.locator(".pg-network")).not_to_have_attribute("open", "")
    page.locator(".pg-network > summary").click()
    wait_for_frames(page, 1)


def name_of(content: str | bytes) -> str:
    """The name of the view in a message; "" for other messages."""
    if isinstance(content, str):
        return ""
    return str(json.loads(content[4 : 4 + int.from_bytes(content[:4], "little")])["name"])


def test_on_a_phone_a_long_network_scrolls_in_its_box(visitor: Callable[..., Page], app: App) -> None:
    page = visitor(**NARROW, has_touch=True)
    open_experiment(page, app, experiment("lenet5", epochs=1, examples=200))
    train_to_the_end(page)
    stage = page.locator(".pg-network-stage")
    assert stage.evaluate("stage => stage.scrollWidth > stage.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    stage.locator("canvas").focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".pg-network > .pg-note")).to_contain_text("of Output:")
    assert stage.evaluate("stage => stage.scrollLeft > 0")
