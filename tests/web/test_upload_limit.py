"""One limit for the size of an uploaded file."""

import pytest
import streamlit as st

from playground.own import OwnDataError, read_table
from playground.web.upload_limit import apply_upload_limit, upload_megabytes


@pytest.mark.parametrize(("limit", "megabytes"), [("", 100), ("1", 1), ("20000001", 21), ("250000000", 250)])
def test_streamlit_and_the_page_accept_what_is_read(monkeypatch: pytest.MonkeyPatch, limit: str, megabytes: int) -> None:
    monkeypatch.setenv("PLAYGROUND_UPLOAD_BYTES", limit)
    apply_upload_limit()
    assert st.get_option("server.maxUploadSize") == upload_megabytes() == megabytes


def test_a_file_over_the_limit_is_refused_with_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_UPLOAD_BYTES", "20")
    assert read_table(b"a,b\n1,2\n3,4\n5,6\n").rows == 3
    with pytest.raises(OwnDataError, match=r"21 bytes; the limit is 20 \(PLAYGROUND_UPLOAD_BYTES"):
        read_table(b"a,b\n" + b"1,2\n" * 4 + b"\n", "big.csv")
