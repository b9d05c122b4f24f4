"""Reading an upload has limits in pixels and processor time, and ends when nobody waits for the result."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from playground import own
from playground.own import OwnDataError, matching
from playground.own.work import TooMuchWorkError, Work, counted_as, go_on
from tests.own.examples import csv_of_flowers, csv_of_months, noise_png, story, zip_of_animals, zipped


class Gone(BaseException):
    """As Streamlit ends a script."""


@cache
def table() -> own.TableDraft:
    return own.read_table(csv_of_flowers())


@cache
def months() -> own.TableDraft:
    return own.read_table(csv_of_months())


TEXTS = (("story.txt", story().encode()),)
ANIMALS = (("animals.zip", zip_of_animals()),)
READERS: dict[str, Callable[[], Any]] = {
    "read_table": lambda: own.read_table(csv_of_flowers()),
    "prepare_table": lambda: own.prepare_table(table(), own.guess(table())),
    "guess_series": lambda: own.guess_series(months()),
    "prepare_series": lambda: own.prepare_series(months(), own.guess_series(months())),
    "read_texts": lambda: own.read_texts(TEXTS),
    "prepare_text": lambda: own.prepare_text(own.read_texts(TEXTS), own.guess_text(own.read_texts(TEXTS))),
    "arrangements": lambda: own.arrangements(ANIMALS),
    "prepare_images": lambda: own.prepare_images(ANIMALS),
}
SHORT = {"guess", "guess_text", "prepare_points", "prepare_digits"}
"""Of a draft that was read within the limits, or of as much as a person can draw."""


def test_every_reader_is_known_here() -> None:
    names = {name for name in own.__all__ if name.startswith(("read_", "prepare_", "guess", "arrangements"))}
    assert names == {*READERS, *SHORT}


@pytest.mark.parametrize("name", READERS)
def test_every_reader_ends_when_nobody_waits_any_longer(name: str) -> None:
    table(), months()

    def leave() -> None:
        raise Gone

    with pytest.raises(Gone), counted_as(Work(leave)):
        READERS[name]()
    assert READERS[name]() is not None  # nothing of it stays


@pytest.mark.parametrize("name", READERS)
def test_every_reader_has_a_limit_of_processor_time(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table(), months()
    monkeypatch.setenv("PLAYGROUND_UPLOAD_SECONDS", "0")
    with pytest.raises(OwnDataError, match=r"more than 0 seconds of processor time.*PLAYGROUND_UPLOAD_SECONDS"):
        READERS[name]()


@pytest.mark.parametrize("name", [name for name in dir(matching) if name.startswith("match_")])
def test_so_has_uploading_the_same_file_again(name: str) -> None:
    assert hasattr(getattr(matching, name), "__wrapped__")


def test_pixels_are_counted_over_all_images_of_an_upload(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [("bombs.zip", zipped({f"{label}/{number}.png": noise_png(number) for label in "ab" for number in range(3)}))]
    own.prepare_images(files)
    work = Work()
    with counted_as(work):
        own.prepare_images(files)
    monkeypatch.setenv("PLAYGROUND_UPLOAD_TOTAL_PIXELS", str(work.pixels))
    own.prepare_images(files)
    monkeypatch.setenv("PLAYGROUND_UPLOAD_TOTAL_PIXELS", str(work.pixels - 1))
    with pytest.raises(OwnDataError, match=r"pixels together, the limit for an upload.*PLAYGROUND_UPLOAD_TOTAL_PIXELS"):
        own.prepare_images(files)


def test_a_limit_that_is_exceeded_stays_so_for_those_who_try_again() -> None:
    """Some readers try several ways, and take an error as a reason for the next one."""
    now = [0.0]
    work = Work(most_seconds=5.0, over="enough", clock=lambda: now[0])
    with counted_as(work):
        go_on()
        now[0] = 6.0
        for _ in range(2):
            with pytest.raises(TooMuchWorkError, match="enough"):
                go_on()
