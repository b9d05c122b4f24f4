"""The Export dialog, without a browser."""

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from streamlit.testing.v1 import AppTest

from playground.export.failure import ExportError
from playground.export.formats import FORMATS, ExportSource
from playground.export.link import to_token
from playground.presets import PRESETS
from playground.web import edits
from playground.web.exported_files import ExportedFile, failures
from tests.export.examples import BROKEN
from tests.pages.controls import trained

Visit = Callable[..., AppTest]
TINY = edits.set_field(edits.set_field(PRESETS["playground_2d"].spec, "training.epochs", 2), "data.samples", 60)


def opened(visit: Visit, **address: object) -> AppTest:
    app = visit("playground", **address)
    return app.button(key="export").click().run()


def buttons(app: AppTest) -> dict[str, bool]:
    """The files, and whether each is available."""
    return {
        each.proto.label: not each.proto.disabled for each in app.get("download_button") if each.proto.label != "Save settings to a file"
    }


def captions(app: AppTest) -> str:
    return "\n".join(str(each.value) for each in app.caption)


def test_nothing_is_offered_until_the_dialog_is_open(visit: Visit) -> None:
    assert not buttons(visit("playground", spec=to_token(TINY)))


def test_before_a_run_everything_but_the_weights_is_available(visit: Visit) -> None:
    app = opened(visit, spec=to_token(TINY))
    assert buttons(app) == {each.file: name != "weights" for name, each in FORMATS.items()}
    assert "No weights yet. Train the network first" in captions(app)
    assert "with its initial (untrained) weights" in captions(app)


def test_after_a_run_everything_is_available_with_its_progress(visit: Visit) -> None:
    app = opened(visit, run=trained(TINY))
    assert all(buttons(app).values())
    assert "Exports the run on the screen after epoch 2 of 2" in captions(app)


def test_changed_settings_can_be_exported_instead(visit: Visit) -> None:
    changed = edits.set_field(TINY, "data.noise", 0.4)
    app = opened(visit, run=trained(TINY), spec=to_token(changed))
    assert all(buttons(app).values())
    app.segmented_control(key="export.source").set_value("Current settings").run()
    assert "which have changed since this run started" in captions(app)
    assert not buttons(app)["model.safetensors"]


def test_a_broken_network_disables_what_needs_one(visit: Visit) -> None:
    app = opened(visit, spec=to_token(BROKEN))
    assert buttons(app) == {each.file: not each.needs_network for each in FORMATS.values()}
    assert "The network has an error: Dense needs a vector" in captions(app)


def test_a_failed_export_is_shown_with_path_and_reason(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: ExportSource) -> bytes:
        raise ExportError("network[1] (Layer <b>): ONNX has no form for this layer")

    app = opened(visit, spec=to_token(TINY))
    file = ExportedFile("onnx", TINY, None, "", app.session_state["values"]["visit"])
    with monkeypatch.context() as patch:
        patch.setitem(FORMATS, "onnx", dataclasses.replace(FORMATS["onnx"], export=refuse))
        with pytest.raises(ExportError):
            file.content()
    (error,) = app.run().error
    assert error.value.startswith("ONNX model: export failed. network\\[1\\] (Layer \\<b\\>)")
    assert not visit("playground", spec=to_token(TINY)).error  # another visitor
    assert file.content()
    assert not app.run().error


def slow_export(monkeypatch: pytest.MonkeyPatch, go: Event, calls: list[ExportSource]) -> None:
    def export(source: ExportSource) -> bytes:
        calls.append(source)
        go.wait(10)
        if len(calls) == 1:
            raise ExportError("the first attempt fails")
        return b"content"

    monkeypatch.setitem(FORMATS, "spec", dataclasses.replace(FORMATS["spec"], export=export))


def test_a_file_is_made_once_for_simultaneous_downloads_and_again_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    go, calls = Event(), list[ExportSource]()
    slow_export(monkeypatch, go, calls)
    files = [ExportedFile("spec", TINY, None, "https://example.org/once", f"visit {number}") for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        downloads = [pool.submit(file.content) for file in files]
        go.set()
        errors = [download.exception(10) for download in downloads]
    assert sorted(error is None for error in errors) == [False, True, True, True]
    assert {download.result() for download in downloads if download.exception() is None} == {b"content"}
    assert [bool(failures(file.visit)) for file in files] == [error is not None for error in errors]
    assert {file.content() for file in files} == {b"content"}
    assert not any(failures(file.visit) for file in files)
    assert len(calls) == 2
