"""Generated sets are made outside of the server's process; what pages show of them before needs only a few examples."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from playground.catalog.datasets import Dataset, NoisyDigits, Shapes
from playground.catalog.datasets import shapes as shapes_module
from playground.catalog.datasets.array_cache import Generator
from playground.catalog.datasets.examples import DataError
from playground.catalog.datasets.splitting import split
from playground.web import generations as generations_module
from playground.web.data_facts import facts
from playground.web.generations import Generations, progress_text

ALTERED = {"imbalance": 4.0, "label_noise": 0.2, "train_size": 100}


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Generations]:
    """This process as a server with an empty data folder."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "data"))
    here = Generations()
    monkeypatch.setattr(Generator, "generate", here.generate)
    yield here
    here.close()


def forbidden(*_: object) -> None:
    raise AssertionError("drawn in the server's process")


def test_a_server_draws_no_set_itself_and_has_the_same_one(server: Generations, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = Shapes(samples=90, size=16, noise=0.1, seed=7, label_noise=0.5, standardise=True)
    expected = split(*dataset.read(), 18, 7)
    monkeypatch.setattr(shapes_module, "drawn", forbidden)
    data = dataset.load()
    assert isinstance(data.train.inputs, np.memmap)
    np.testing.assert_array_equal(data.train.inputs, expected.train.inputs)
    np.testing.assert_array_equal(data.test.inputs, expected.test.inputs)
    np.testing.assert_array_equal(data.test.targets, expected.test.targets)


@pytest.mark.parametrize("label", ["shape", "colour", "both"])
@pytest.mark.parametrize("altered", [{}, ALTERED], ids=["plain", "altered"])
def test_a_preview_has_real_training_images_and_no_set_is_made_for_it(
    label: str, altered: dict[str, float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "data"))
    dataset = Shapes.model_validate({"samples": 600, "size": 16, "label": label, "seed": 3, **altered})
    with monkeypatch.context() as patch:
        patch.setattr(Generator, "generate", forbidden)
        shown, (train_targets, test_targets) = dataset.preview().train, dataset.targets()
        told = facts(dataset)
    data = dataset.load()
    np.testing.assert_array_equal(train_targets, data.train.targets)
    np.testing.assert_array_equal(test_targets, data.test.targets)
    assert (told.trains, told.tests) == (len(data.train), len(data.test))
    pairs = {(image.tobytes(), target) for image, target in zip(data.train.inputs, data.train.targets.tolist(), strict=True)}
    assert all((image.tobytes(), target) in pairs for image, target in zip(shown.inputs, shown.targets.tolist(), strict=True))
    missing = set(train_targets.tolist()) - set(shown.targets.tolist())
    assert len(missing) <= (3 if altered and label == "both" else 0)  # of thirty classes rare ones may come late
    assert np.bincount(shown.targets).max() <= 3


def test_a_preview_of_a_large_set_draws_few_images(server: Generations, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    draw = shapes_module.drawn
    monkeypatch.setattr(shapes_module, "drawn", lambda sketch, size: [calls.append(size), draw(sketch, size)][1])
    Shapes(samples=10_000, size=64).preview()
    assert len(calls) < 200
    calls.clear()
    Shapes(samples=10_000, size=64, label="both", imbalance=100).preview()
    assert len(calls) <= 401


def test_a_preview_of_noisy_digits_is_noisy(server: Generations, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Generator, "generate", forbidden)
    shown = NoisyDigits(noise=0.2).preview().train
    off = shown.inputs.reshape(len(shown), -1) / 255 - shown.targets
    assert 0.05 < off.std() < 0.25


def test_all_who_wait_for_a_set_wait_for_one_process_and_see_how_far_it_is(server: Generations, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    popen = generations_module.subprocess.Popen
    monkeypatch.setattr(generations_module.subprocess, "Popen", lambda *args, **kwargs: [started.append(args), popen(*args, **kwargs)][1])
    variants: list[Dataset] = [Shapes(samples=3000, size=64), Shapes(samples=3000, size=64, train_size=50), Shapes(samples=3000, size=64)]
    threads = [threading.Thread(target=dataset.load) for dataset in variants]
    for thread in threads:
        thread.start()
    counts = []
    while any(thread.is_alive() for thread in threads):
        counts.append(server.count(variants[0]))
        time.sleep(0.01)
    seen = [count for count in counts if count is not None]
    assert len(started) == 1
    assert seen == sorted(seen)
    assert 0 < max(seen) <= 3000
    assert server.count(variants[0]) is None
    assert progress_text(variants[0], 1200, 3000) == "Generating Colored shapes: 1,200 of 3,000 images"


def test_what_the_process_refuses_is_refused_here(tmp_path: Path, server: Generations) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(DataError, match="cannot be written"):
        Shapes(samples=60, size=16).load()


def test_a_process_that_dies_is_told_and_the_next_one_works(server: Generations, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(generations_module, "_COMMAND", (generations_module.sys.executable, "-c", "import os; os.abort()"))
        with pytest.raises(DataError, match="Colored shapes: the examples could not be generated"):
            Shapes(samples=60, size=16).load()
    assert len(Shapes(samples=60, size=16).load().train) == 48


def test_a_server_that_closes_ends_its_process(server: Generations) -> None:
    failures: list[BaseException] = []

    def load() -> None:
        try:
            Shapes(samples=10_000, size=64).load()
        except DataError as error:
            failures.append(error)

    thread = threading.Thread(target=load)
    thread.start()
    while server.count(Shapes(samples=10_000, size=64)) is None:
        time.sleep(0.01)
    server.close()
    thread.join(60)
    assert len(failures) == 1
