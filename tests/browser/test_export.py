"""Exported files, as they arrive in the visitor's downloads."""

import io
import json
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import nbformat
import numpy as np
import onnxruntime
import torch
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from safetensors.torch import load

from playground.export.formats import FORMATS
from playground.network import build_model
from playground.opening import load_spec
from playground.parsing import parse_spec
from playground.runs.directory import LoadedRun, load_run
from tests.browser.chromium import NARROW, new_context, settled
from tests.browser.server import App
from tests.browser.steps import experiment, open_experiment, press, train, train_to_the_end, wait_for_state
from tests.browser.test_data import own, train_on_it, upload
from tests.browser.test_looks import in_each_theme, serious_faults

DIALOG = "[data-testid='stDialog']"
PATIENCE_MS = 20_000
EVIL = "<img src=x onerror=document.title='gone'>"


def opened(page: Page) -> None:
    press(page, "export")
    expect(page.locator(f"{DIALOG} .stDownloadButton")).to_have_count(len(FORMATS), timeout=PATIENCE_MS)
    settled(page)


def closed(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.locator(DIALOG)).to_have_count(0, timeout=PATIENCE_MS)


def downloaded(page: Page, name: str) -> bytes:
    with page.expect_download() as download:
        page.locator(f".st-key-export_{name} button:visible").first.click()
    assert download.value.suggested_filename == FORMATS[name].file
    content = Path(download.value.path()).read_bytes()
    expect(page.locator(f"{DIALOG} [data-testid='stAlert']")).to_have_count(0)
    return content


def newest_run(app: App) -> LoadedRun:
    return load_run(max(app.log.parent.glob("runs/*"), key=lambda folder: (folder / "spec.json").stat().st_mtime_ns))


def onnx_answers_as(content: bytes, run: LoadedRun) -> None:
    x = run.encode(np.asarray(run.spec.data.load().test.inputs[:64]))
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"input": x.numpy()})
    torch.testing.assert_close(torch.from_numpy(found), run.model(x).detach(), rtol=1e-4, atol=1e-4)


def test_every_format_of_a_trained_run_can_be_downloaded_and_read(page: Page, app: App) -> None:
    spec = experiment("small_cnn", examples=640, epochs=1)
    open_experiment(page, app, spec)
    train_to_the_end(page)
    opened(page)
    files = {name: downloaded(page, name) for name in FORMATS}
    run = newest_run(app)

    compile(files["script"], "train.py", "exec")
    notebook = nbformat.reads(files["notebook"].decode(), as_version=4)
    nbformat.validate(notebook)
    weights = load(files["weights"])
    assert weights.keys() == run.model.state_dict().keys()
    assert all(torch.equal(weights[name], value) for name, value in run.model.state_dict().items())
    onnx_answers_as(files["onnx"], run)
    assert re.search(r"\| Test accuracy \| \d\d\.\d\d% \|", files["card"].decode())
    assert ET.fromstring(files["diagram_svg"]).tag == "{http://www.w3.org/2000/svg}svg"
    assert Image.open(io.BytesIO(files["diagram_png"])).size[0] > 300
    repeatable = spec.computed_with(1, "contiguous")  # as it has chosen
    assert parse_spec(files["spec"]) == load_spec(files["link"].decode()) == repeatable
    assert files["link"].decode().startswith(f"{app.url}/playground?spec=")
    with zipfile.ZipFile(io.BytesIO(files["bundle"])) as archive:
        assert archive.testzip() is None
        for name, each in FORMATS.items():
            assert name == "bundle" or archive.read(each.file) == files[name]


def test_a_run_in_training_exports_its_newest_weights(page: Page, app: App) -> None:
    spec = experiment("playground_2d", epochs=1000)
    open_experiment(page, app, spec)
    train(page)
    opened(page)
    expect(page.locator(DIALOG)).to_contain_text(re.compile(r"after epoch [\d.]+ of 1000, still training"))
    first = load(downloaded(page, "weights"))
    second, until = first, time.monotonic() + 20
    while all(torch.equal(first[name], second[name]) for name in first):
        assert time.monotonic() < until
        page.wait_for_timeout(500)
        second = load(downloaded(page, "weights"))
    fresh = build_model(spec)
    fresh.load_state_dict(second)
    assert all(torch.isfinite(value).all() for value in fresh.state_dict().values())
    closed(page)
    press(page, "stop")
    wait_for_state(page, "stopped")


def test_the_dialog_stays_open_when_the_run_ends(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("playground_2d", epochs=150))
    train(page)
    opened(page)
    expect(page.locator(DIALOG)).to_contain_text("after epoch 150 of 150", timeout=60_000)
    assert load(downloaded(page, "weights"))
    page.get_by_role("button", name="Close").click()
    expect(page.locator(DIALOG)).to_have_count(0, timeout=PATIENCE_MS)
    page.reload()
    settled(page)
    expect(page.locator(DIALOG)).to_have_count(0, timeout=PATIENCE_MS)


def test_uploaded_data_with_hostile_names_are_exported_as_text(page: Page, app: App) -> None:
    rows = "".join(f"{place % 7},{place % 5},{EVIL[:30] if place % 2 else 'a | b'}\n" for place in range(60))
    own(page, app, "Table")
    upload(page, "mine.csv", f'{EVIL},`b`,"<b>kind</b>"\n{rows}'.encode())
    train_on_it(page, "train_table")
    opened(page)
    run = newest_run(app)
    with zipfile.ZipFile(io.BytesIO(downloaded(page, "bundle"))) as archive:
        (data,) = [name for name in archive.namelist() if name.startswith("data-")]
        assert data == f"data-{run.spec.data.key[:12]}.npz"
        with np.load(io.BytesIO(archive.read(data)), allow_pickle=False) as arrays:
            assert arrays["inputs"].shape == (60, 2)
            assert EVIL[:20] in json.loads(str(arrays["description"]))["features"][0]
        compile(archive.read("train.py"), "train.py", "exec")
        assert "<img" not in archive.read("model-card.md").decode()
        assert ET.fromstring(archive.read("network.svg")) is not None
    assert page.title() != "gone"
    assert not page.locator("img[src=x]").count()


def test_a_failed_export_is_shown_in_the_dialog(browser: Browser, app: App) -> None:
    """Weights that are deleted while the dialog is open. (The server logs the failed download, so its log is not checked.)"""
    context = new_context(browser)
    page = context.new_page()
    open_experiment(page, app, experiment("playground_2d", epochs=2))
    train_to_the_end(page)
    opened(page)
    (newest_run(app).directory / "model.safetensors").unlink()
    page.locator(".st-key-export_weights button:visible").first.click()
    expect(page.locator(f"{DIALOG} [data-testid='stAlert']")).to_contain_text("Weights: export failed. This network has no weights")
    context.close()


def test_on_a_phone_every_row_fits_the_screen(visitor: Callable[..., Page], app: App) -> None:
    page = visitor(**NARROW)
    open_experiment(page, app, experiment("playground_2d", epochs=2))
    opened(page)
    for box in page.locator(f"{DIALOG} .stDownloadButton button:visible").all():
        place = box.bounding_box() or {}
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= NARROW["width"]
    assert not serious_faults(page)


def test_the_dialog_is_accessible_and_works_with_the_keyboard_alone(page: Page, app: App) -> None:
    open_experiment(page, app, experiment("playground_2d", epochs=2))
    opened(page)
    for theme in in_each_theme(page):
        assert not (faults := serious_faults(page)), f"{theme}: {faults}"
    page.evaluate("document.activeElement.blur()")
    closed(page)  # by Escape, also while nothing has the focus

    page.locator(".st-key-export button:visible").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"{DIALOG} .stDownloadButton")).to_have_count(len(FORMATS), timeout=PATIENCE_MS)
    settled(page)
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.st-key-export_spec') !== null"):
            break
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "experiment.json"
    button = page.locator(".st-key-export_spec button:visible")
    expect(button).to_be_focused()
    button.evaluate("button => button.replaceWith(button.cloneNode(true))")  # as Streamlit does when it draws the dialog again
    expect(button).to_be_focused()
    closed(page)
