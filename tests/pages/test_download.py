"""The data panel of a dataset that has to be downloaded first."""

import html
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from playground.catalog.datasets import DATASETS, Mnist
from playground.export.link import to_token
from playground.presets import PRESETS
from playground.spec import ExperimentSpec
from playground.web import edits
from playground.web.dataset_previews import preview
from playground.web.downloads import Downloads, _speed, downloads
from tests.catalog.file_server import Files, serving
from tests.catalog.tiny_files import DOWNLOADED, contents, tiny_sets
from tests.pages.reading import messages

Visit = Callable[..., AppTest]
SPEC: ExperimentSpec = edits.replace_dataset(PRESETS["mlp_784_256_10"].spec, "mnist").spec
FIRST = Mnist.needs.files[0].name


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Files]:
    """A mirror with the tiny files, an empty data folder, and nothing downloaded or failed before."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    downloads.cache_clear()
    preview.cache_clear()  # where another test had the data
    with tiny_sets(), serving() as files:
        files.put("mnist", contents(Mnist))
        monkeypatch.setenv("PLAYGROUND_DOWNLOADS", files.url)
        yield files
        downloads().close()
    preview.cache_clear()
    until(lambda: not [thread for thread in threading.enumerate() if thread.name.startswith("download ")])
    downloads.cache_clear()


def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def keys(app: AppTest) -> set[str]:
    return {str(button.key) for button in app.button if str(button.key).startswith("download_")}


def words(app: AppTest) -> str:
    return "\n".join(str(each.value) for each in (*app.markdown, *app.caption))


def phase() -> str | None:
    status = downloads().status(Mnist)
    return status.phase if status else None


def test_nothing_is_downloaded_without_a_request(server: Files, visit: Visit) -> None:
    app = visit("playground", spec=to_token(SPEC))
    assert keys(app) == {"download_start"}
    assert "has not been downloaded yet" in words(app)
    assert Mnist.needs.license in words(app)
    assert not app.error
    assert server.asked == []


def test_pressed_it_is_downloaded_and_then_shown(server: Files, visit: Visit) -> None:
    app = visit("playground", spec=to_token(SPEC))
    app.button(key="download_start").click().run()
    until(lambda: phase() == "done")
    app.run()
    assert not app.exception
    assert keys(app) == set()
    assert "has not been downloaded yet" not in words(app)
    assert Mnist.is_here()


def test_pressing_train_before_the_download_says_what_is_missing_and_starts_nothing(server: Files, visit: Visit) -> None:
    app = visit("playground", spec=to_token(SPEC))
    app.button(key="play").click().run()
    assert "MNIST (70,000 digits) has not been downloaded yet" in messages(app)
    assert app.session_state["values"]["run"] is None
    Mnist.download()
    app.run()
    assert "not been downloaded" not in messages(app), "resolved messages are cleared"


def test_a_second_visitor_sees_the_same_download_and_can_cancel_it(server: Files, visit: Visit) -> None:
    server.hold_after = 3_000
    app = visit("playground", spec=to_token(SPEC))
    app.button(key="download_start").click().run()
    until(lambda: Mnist.bytes_here() >= 3_000)
    other = visit("playground", spec=to_token(SPEC))
    assert keys(other) == {"download_cancel"}
    downloads().start(Mnist)
    assert len(server.asked) == 1, "one download, whoever asks"
    other.button(key="download_cancel").click().run()
    assert phase() == "stopped"
    other.run()
    assert keys(other) == {"download_start"}
    assert other.button(key="download_start").label.startswith("Resume")

    server.release.set()
    server.hold_after = None
    other.button(key="download_start").click().run()
    until(lambda: phase() == "done")


def test_a_failure_is_reported_and_can_be_retried(server: Files, visit: Visit) -> None:
    server.status = 404
    app = visit("playground", spec=to_token(SPEC))
    app.button(key="download_start").click().run()
    until(lambda: phase() == "failed")
    app.run()
    assert f"{FIRST} cannot be downloaded. 127.0.0.1: it does not have the file (404)" in messages(app)
    assert app.button(key="download_start").label.startswith("Try again")
    server.status = None
    app.button(key="download_start").click().run()
    until(lambda: phase() == "done")
    app.run()
    assert "cannot be downloaded" not in messages(app)


def test_a_damaged_file_is_named_and_can_be_downloaded_again(server: Files, visit: Visit) -> None:
    Mnist.folder().mkdir(parents=True)
    for name, content in contents(Mnist).items():
        (Mnist.folder() / name).write_bytes(content if name != FIRST else b"\0" * len(content))
    app = visit("playground", spec=to_token(SPEC))
    assert f"the file {FIRST} is damaged" in words(app)
    app.button(key="download_start").click().run()
    until(lambda: phase() == "done")
    app.run()
    assert keys(app) == set()


def test_data_that_cannot_be_stored_is_reported_instead_of_its_preview(server: Files, tmp_path: Path, visit: Visit) -> None:
    Mnist.folder().mkdir(parents=True)
    for name, content in contents(Mnist).items():
        (Mnist.folder() / name).write_bytes(content)
    (tmp_path / "datasets").write_text("a file where the folder should be")
    app = visit("playground", spec=to_token(SPEC))
    assert "cannot be written" in messages(app)
    assert keys(app) == set()
    app.button(key="play").click().run()
    assert not app.exception


def test_status_reports_progress(server: Files) -> None:
    server.hold_after = 3_000
    held = Downloads()
    assert held.status(Mnist) is None
    held.start(Mnist)
    until(lambda: held.status(Mnist).here >= 3_000)  # type: ignore[union-attr]
    status = held.status(Mnist)
    assert status is not None
    assert (status.phase, status.total) == ("downloading", Mnist.needs.bytes)
    assert status.here < status.total
    server.release.set()
    until(lambda: not held.status(Mnist).active)  # type: ignore[union-attr]
    status = held.status(Mnist)
    assert status is not None
    assert (status.phase, status.here) == ("done", Mnist.needs.bytes)


def test_the_speed_is_that_of_the_last_seconds() -> None:
    heard = [(0.0, 0), (1.0, 5_000_000), (8.0, 6_000_000), (9.0, 7_000_000)]
    assert _speed(heard, now=10.0) == pytest.approx(500_000)
    assert _speed(heard, now=20.0) == 0, "a server that has fallen silent"


def test_an_unexpected_error_ends_the_download(server: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Mnist, "download", lambda *_: 1 / 0)
    held = Downloads()
    held.start(Mnist)
    until(lambda: not held.status(Mnist).active)  # type: ignore[union-attr]
    status = held.status(Mnist)
    assert status is not None
    assert status.phase == "failed"
    assert "ZeroDivisionError" in status.message


def test_a_card_shows_title_and_license_once(server: Files, visit: Visit) -> None:
    app = visit("data")
    assert "download_start.mnist" in keys(app)
    told = "\n".join([words(app), *(str(each.value) for each in app.get("html"))])
    for kind in DOWNLOADED:
        assert told.count(f"**{kind.title}**") == 1
        same = sum(other.license == kind.needs.license for other in DATASETS)  # MNIST's is that of its sample
        assert told.count(f"<dd>{html.escape(kind.needs.license)}</dd>") == same
    assert "License:" not in words(app)
    assert told.count("This dataset has not been downloaded yet.") == len(DOWNLOADED)
