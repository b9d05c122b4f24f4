"""Your own data, from file, mouse or keyboard to a network that trains on it."""

import os
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from playground.presets import PRESETS
from playground.web import edits
from tests.browser.chromium import NARROW, settled, show
from tests.browser.server import App
from tests.browser.steps import open_experiment, train, wait_for_state
from tests.browser.strokes import DIGITS, draw_stroke
from tests.browser.test_looks import OVERFLOWING, in_each_theme, serious_faults
from tests.own.examples import csv_of_flowers, csv_of_months, csv_of_reviews, noise_png, own_dataset, story, zip_of_animals, zipped

EVIL = "<img src=x onerror=document.title='gone'>"


def own(page: Page, app: App, way: str) -> None:
    """The Data page with the panel for this kind of upload."""
    show(page, f"{app.url}/data")
    page.get_by_role("radio", name="Your data").click()
    settled(page)
    page.locator(".st-key-pg-own-ways").get_by_role("radio", name=way).click()
    settled(page)


def upload(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").first.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})
    settled(page)


def train_on_it(page: Page, key: str, epochs: int | None = None) -> None:
    """From the preview to a run that ends well. epochs: fewer than proposed for these data."""
    page.locator(f".st-key-{key} button").click()
    page.wait_for_selector(".st-key-pg-controls")
    settled(page)
    if epochs:
        field = page.get_by_label("Epochs", exact=True)
        field.fill(str(epochs))
        field.press("Enter")
        settled(page)
    train(page)
    wait_for_state(page, "finished", seconds=60)


def put(page: Page, across: float, down: float) -> None:
    """A click on the plane, in shares of it."""
    box = page.locator(".pg-points canvas").bounding_box() or {}
    page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])


def points(page: Page) -> int:
    return int(page.locator(".pg-points").get_attribute("data-points") or -1)


def test_a_table_is_looked_at_and_learned(page: Page, app: App) -> None:
    own(page, app, "Table")
    upload(page, "bad.csv", b"one\n1\n2\n")
    expect(page.get_by_role("alert")).to_contain_text("one column")
    upload(page, "flowers.csv", csv_of_flowers())
    expect(page.get_by_text("60 rows and 4 columns")).to_be_visible()
    assert not serious_faults(page)
    train_on_it(page, "train_table")


def test_sentences_are_read_word_by_word_and_learned(page: Page, app: App) -> None:
    own(page, app, "Table")
    upload(page, "reviews.csv", csv_of_reviews())
    page.locator(".st-key-own_use_as_text button").click()
    expect(page.get_by_text("120 texts of up to")).to_be_visible()
    vocabulary = page.get_by_role("spinbutton", name="Vocabulary")
    vocabulary.fill("20")
    vocabulary.press("Enter")
    expect(page.locator(".pg-tokens .pg-unknown").first).to_be_visible()
    settled(page)
    assert not serious_faults(page)
    train_on_it(page, "train_text")


def test_pasted_text_and_a_series_are_learned(page: Page, app: App) -> None:
    own(page, app, "Text")
    area = page.get_by_role("textbox", name="Or paste text")
    area.fill(story())
    area.press("Control+Enter")
    expect(page.get_by_text("in windows of 64")).to_be_visible()
    assert not serious_faults(page)
    train_on_it(page, "train_text", epochs=2)
    own(page, app, "Time series")
    upload(page, "sales.csv", csv_of_months())
    expect(page.get_by_text("120 steps of 1 month")).to_be_visible()
    assert not serious_faults(page)
    train_on_it(page, "train_series", epochs=2)


def test_hostile_names_stay_text_all_the_way(page: Page, app: App) -> None:
    rows = "".join(f"{i % 7},{i % 5},{EVIL if i % 2 else '[x](http://e.x) **b** $a$'}\n" for i in range(40))
    own(page, app, "Table")
    upload(page, f"{EVIL[:20]}.csv", f"{EVIL},`b`,<b>kind</b>\n{rows}".encode())
    expect(page.locator(".pg-read-rows th").first).to_have_text(re.compile("<img src=x"))
    train_on_it(page, "train_table")
    assert page.title() != "gone"
    assert not page.locator("img[src=x]").count()


def test_a_zip_of_images_is_learned(page: Page, app: App) -> None:
    own(page, app, "Images")
    upload(page, "animals.zip", zip_of_animals())
    expect(page.get_by_text("20 images in 2 classes")).to_be_visible()
    assert not serious_faults(page)
    train_on_it(page, "train_images")


def test_a_large_archive_is_read_and_a_larger_one_refused_in_words(page: Page, app: App, tmp_path: Path) -> None:
    own(page, app, "Images")
    large, larger = tmp_path / "large.zip", tmp_path / "larger.zip"
    files = {"cat/1.png": noise_png(0), "dog/1.png": noise_png(1), "dog/large.bin": random.Random(0).randbytes(21_000_000)}
    large.write_bytes(zipped(files, zipfile.ZIP_STORED))
    larger.touch()
    os.truncate(larger, 101_000_000)
    chooser = page.locator("input[type=file]").first
    chooser.set_input_files(large)
    page.get_by_text("2 images in 2 classes").wait_for(timeout=60_000)  # the upload itself takes seconds on a busy machine
    settled(page)
    chooser.set_input_files(larger)
    expect(page.get_by_text("File must be 100.0MB or smaller")).to_be_visible()


def test_points_are_put_with_the_mouse_and_learned(page: Page, app: App) -> None:
    own(page, app, "Points")
    page.wait_for_selector(".pg-points[data-points='0']")
    settled(page)
    for place in range(5):
        put(page, 0.2 + 0.1 * place, 0.3)
        page.wait_for_selector(f".pg-points[data-points='{place + 1}']")
    page.locator(".pg-points-class").nth(1).click()
    box = page.locator(".pg-points canvas").bounding_box() or {}
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.7 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.7 * box["height"], steps=40)
    page.mouse.up()
    drawn = points(page)
    assert drawn > 15
    page.locator("[data-tool=undo]").click()
    page.wait_for_selector(".pg-points[data-points='5']")
    page.locator("[data-tool=redo]").click()
    assert points(page) == drawn
    page.locator("[data-tool=eraser]").click()
    put(page, 0.2, 0.3)
    assert points(page) == drawn - 1
    page.wait_for_selector(".st-key-train_points button")
    settled(page)
    assert not serious_faults(page)
    train_on_it(page, "train_points")
    page.get_by_role("link", name="Data", exact=True).first.click()
    page.wait_for_selector(f".pg-points[data-points='{drawn - 1}']")


def test_a_press_whose_end_was_never_told_is_a_whole_act(page: Page, app: App) -> None:
    own(page, app, "Points")
    page.wait_for_selector(".pg-points[data-points='0']")
    lost = "type => addEventListener(type, (event) => event.stopImmediatePropagation(), { capture: true, once: true })"
    for end in ("pointerup", "lostpointercapture"):
        page.evaluate(lost, end)
    put(page, 0.3, 0.3)
    box = page.locator(".pg-points canvas").bounding_box() or {}
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 0.9 * box["height"], steps=10)
    assert points(page) == 1
    put(page, 0.6, 0.6)
    page.wait_for_selector(".pg-points[data-points='2']")
    page.locator("[data-tool=undo]").click()
    page.wait_for_selector(".pg-points[data-points='1']")


def test_points_are_put_with_the_keys_and_learned(page: Page, app: App) -> None:
    own(page, app, "Points")
    page.wait_for_selector(".pg-points[data-points='0']")
    page.locator(".pg-points canvas").focus()
    for label in "12":
        page.keyboard.press(label)
        for _ in range(4):
            page.keyboard.press("Enter")
            page.keyboard.press("ArrowUp" if label == "1" else "ArrowRight")
    assert points(page) == 8
    page.keyboard.press("Control+z")
    assert points(page) == 7
    page.wait_for_selector(".st-key-train_points button")
    settled(page)
    train_on_it(page, "train_points")


def test_a_finger_puts_points_and_the_page_stays(visitor: Callable[..., Page], app: App) -> None:
    page = visitor(**NARROW, has_touch=True, is_mobile=True)
    own(page, app, "Points")
    canvas = page.locator(".pg-points canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box() or {}
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
    page.wait_for_selector(".pg-points[data-points='1']")
    assert canvas.bounding_box() == pytest.approx(box, abs=1)


def test_two_drawn_digits_are_learned(page: Page, app: App) -> None:
    own(page, app, "Digits")
    canvas = page.locator(".pg-digits canvas")
    for count, digit in enumerate("17", start=1):
        page.locator(".pg-digits-labels").get_by_role("radio", name=digit).click()
        for stroke in DIGITS[digit]:
            draw_stroke(page, canvas, stroke)
        page.locator("[data-tool=add]").click()
        expect(page.locator(".st-key-pg-digits-bar")).to_contain_text(f"{count} collected")
        expect(page.locator(".pg-sheet button")).to_have_count(count)
    settled(page)
    assert not serious_faults(page)
    page.locator(".pg-sheet button").first.click()
    settled(page)
    page.locator(".st-key-own_digits_remove button").click()
    expect(page.locator(".pg-sheet button")).to_have_count(1)
    page.locator(".st-key-own_digits_undo button").click()
    expect(page.locator(".pg-sheet button")).to_have_count(2)
    settled(page)
    train_on_it(page, "train_digits")


@pytest.mark.parametrize(
    ("kind", "wrong", "right"),
    [
        ("own_images", ("animals.zip", zip_of_animals(4)), ("animals.zip", zip_of_animals())),
        ("own_text", ("flowers.csv", csv_of_flowers()), ("reviews.csv", csv_of_reviews())),
    ],
    ids=["images", "text"],
)
def test_a_link_to_data_that_are_elsewhere_takes_the_same_file_and_no_other(
    page: Page, app: App, kind: str, wrong: tuple[str, bytes], right: tuple[str, bytes]
) -> None:
    spec = edits.replace_dataset(PRESETS["mlp_784_256_10"].spec, own_dataset(kind)).spec
    open_experiment(page, app, spec)
    missing = page.locator(".st-key-pg-own-missing")
    expect(missing).to_contain_text("is not on this server")
    upload(page, *wrong)
    expect(missing).to_contain_text("does not match")
    assert not serious_faults(page)
    upload(page, *right)
    expect(missing).to_have_count(0)
    train(page)
    wait_for_state(page, "finished", seconds=60)


def test_a_narrow_screen_scrolls_in_one_direction_only(visitor: Callable[..., Page], app: App) -> None:
    page = visitor(**NARROW)
    own(page, app, "Table")
    for theme in in_each_theme(page):
        for way in ("Table", "Text", "Time series", "Images", "Points", "Digits"):
            page.locator(".st-key-pg-own-ways").get_by_role("radio", name=way).click()
            settled(page)
            assert page.evaluate(OVERFLOWING) == [0, 0], f"{way}, {theme}"
            assert not (faults := serious_faults(page)), f"{way}, {theme}: {faults}"
