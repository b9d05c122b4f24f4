"""The upload store: content under its hash, stored atomically, never mixed up."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from playground.artifacts.uploads import Upload, open_upload, store_upload
from playground.catalog.datasets import DataError
from playground.export.link import from_token, to_token
from playground.network import trace
from playground.own import OwnDataError, keep, prepare_images, prepare_points, read_table
from playground.presets import PRESETS
from tests.own.examples import own_dataset, zip_of_animals

KINDS = ["own_table", "own_images", "own_points", "own_digits"]


@pytest.fixture
def uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of an empty data folder."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    return tmp_path / "uploads"


def upload(value: float = 1) -> Upload:
    return Upload(np.full((3, 2), value, np.float32), np.array([0, 1, 0]), {"family": "points", "labels": ["a", "b"]})


def test_the_key_is_of_the_content_alone(uploads: Path) -> None:
    first = store_upload(upload())
    assert first == upload().key == store_upload(upload())
    assert [folder.name for folder in uploads.iterdir()] == [first]
    assert store_upload(upload(2)) != first
    assert np.array_equal(open_upload(first, "x").inputs, upload().inputs)
    others = [Upload(upload().inputs.T.copy(), upload().targets, upload().description), Upload(upload().inputs, upload().targets, {})]
    assert len({first, *(each.key for each in others)}) == 3


def test_what_is_there_is_not_written_again(uploads: Path) -> None:
    folder = uploads / store_upload(upload())
    before = {file: file.stat().st_mtime_ns for file in folder.iterdir()}
    store_upload(upload())
    assert {file: file.stat().st_mtime_ns for file in folder.iterdir()} == before


@pytest.mark.parametrize("name", ["inputs.npy", "targets.npy", "description.json"])
@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.write_bytes(file.read_bytes()[:-1]),
        lambda file: file.write_bytes(file.read_bytes()[:-1] + b"\x07"),
        Path.unlink,
        lambda file: file.write_bytes(b""),
    ],
    ids=["cut", "changed", "missing", "empty"],
)
def test_damage_is_noticed_and_healed_by_the_same_content(uploads: Path, name: str, damage: Callable[[Path], None]) -> None:
    key = store_upload(upload())
    damage(uploads / key / name)
    with pytest.raises(DataError, match=rf"“mine” \({key[:8]}\) is damaged .* upload the same file"):
        open_upload(key, "mine")
    assert store_upload(upload()) == key
    assert np.array_equal(open_upload(key, "mine").inputs, upload().inputs)
    assert [folder.name for folder in uploads.iterdir()] == [key]


def test_many_at_once_keep_one(uploads: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: store_upload(upload(5)), range(16)))) == 1
    assert len(list(uploads.iterdir())) == 1


def test_a_folder_that_cannot_be_written_is_named(uploads: Path) -> None:
    uploads.parent.mkdir(exist_ok=True)
    uploads.write_text("in the way")
    with pytest.raises(DataError, match=r"uploads: cannot be written .* PLAYGROUND_DATA"):
        store_upload(upload())


@pytest.mark.parametrize("kind", KINDS)
def test_a_link_carries_no_data_and_says_which_are_missing(
    uploads: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    dataset = own_dataset(kind)
    spec = next(iter(PRESETS.values())).spec.model_copy(update={"data": dataset})
    token = to_token(spec)
    assert len(token) < 1_200
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "elsewhere"))
    received = from_token(token).data
    assert received == dataset
    assert (received.shape, received.classes, received.task) == (dataset.shape, dataset.classes, dataset.task)
    trace(from_token(token))
    with pytest.raises(DataError, match=r"the data “.+” \([0-9a-f]{8}\) is not on this server; upload the same file"):
        received.load()
    assert own_dataset(kind) == received  # after uploading the same file there
    received.load()


@pytest.mark.parametrize("kind", KINDS)
def test_other_data_than_declared_are_refused(uploads: Path, kind: str) -> None:
    dataset = own_dataset(kind)
    other = own_dataset(KINDS[KINDS.index(kind) - 1])
    with pytest.raises(DataError, match=r"does not match the experiment: expected .*, got .*; choose it again"):
        dataset.model_copy(update={"key": other.key}).load()  # type: ignore[attr-defined]
    with pytest.raises(DataError, match=r"there is no data yet; (upload|draw) .* on the Data page"):
        type(dataset)().load()


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "../../etc/passwd"}, {"key": "A" * 64}, {"called": "x" * 61}, {"called": "a\nb"}, {"labels": ["a", "a"]}, {"labels": ["a"]},
        {"labels": ["x" * 41, "y"]}, {"labels": ["a\u202eb", "c"]}, {"labels": [str(n) for n in range(1001)]}, {"labels": ["", "a"]},
    ],
    ids=lambda wrong: next(iter(wrong)),
)  # fmt: skip
def test_hostile_specs_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        type(own_dataset("own_table")).model_validate(wrong)


def test_nothing_is_stored_before_keep_or_after_a_failure(uploads: Path) -> None:
    prepare_images([("animals.zip", zip_of_animals())])
    prepare_points([(0, 0, 0), (1, 1, 1)])
    with pytest.raises(OwnDataError):
        prepare_images([("animals.zip", zip_of_animals()[:-100])])
    with pytest.raises(OwnDataError):
        read_table(b"")
    assert not uploads.exists()


def test_a_full_disk_keeps_nothing(uploads: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("playground.artifacts.uploads.np.save", full)
    with pytest.raises(DataError, match="No space left"):
        keep(prepare_points([(0, 0, 0), (1, 1, 1)]))
    assert list(uploads.iterdir()) == []
