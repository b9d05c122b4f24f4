"""Who stores as much as one visitor may has to delete something first."""

from types import SimpleNamespace

import numpy as np
import pytest

from playground.artifacts.uploads import Upload
from playground.web import storage_limit
from playground.web.storage_limit import StorageLimitError, check_storage

UPLOAD = Upload(np.zeros((1_000_000, 1), np.uint8), np.zeros(0, np.int64), {})


@pytest.fixture(autouse=True)
def _stored(monkeypatch: pytest.MonkeyPatch) -> None:
    """ada has one upload of 1 MB."""
    access = SimpleNamespace(owns=lambda key, owner: owner == "ada" and key == UPLOAD.key)
    stored = {"ada": 1_000_000, "bob": 0}
    monkeypatch.setattr(storage_limit, "runs", lambda: SimpleNamespace(access=access, stored_bytes=stored.__getitem__))


def test_the_limit_is_said_with_what_to_do_and_who_can_raise_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_STORED_BYTES_PER_OWNER", "1_000_000")
    check_storage("bob")
    with pytest.raises(StorageLimitError) as refused:
        check_storage("ada")
    assert str(refused.value) == (
        "Your runs and data take 1.0 MB on this server; one visitor may store 1.0 MB. Delete runs on the Runs page, or data that you do "
        "not need. The operator of this server can allow more: PLAYGROUND_STORED_BYTES_PER_OWNER."
    )
    with pytest.raises(StorageLimitError, match=r"take 0.0 kB on this server, and this data 1.0 MB; one visitor may store 1.0 MB"):
        check_storage("bob", UPLOAD)


def test_what_is_stored_already_needs_no_more_space(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_STORED_BYTES_PER_OWNER", "1_000_000")
    check_storage("ada", UPLOAD)


def test_there_need_not_be_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_STORED_BYTES_PER_OWNER", "0")
    check_storage("ada")
