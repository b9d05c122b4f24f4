"""One limit for the size of an uploaded file: of Streamlit, which receives it, of the page, which says so, and of what reads it."""

import math

from streamlit import config

from playground.settings import settings


def upload_megabytes() -> int:
    """The limit in megabytes, for `st.file_uploader`. Streamlit counts 1,048,576 bytes as a megabyte, so a file of exactly the limit passes
    with what a browser sends around it; what is larger by a few percent is refused by what reads it."""
    return max(1, math.ceil(settings().upload_bytes / 1_000_000))


def apply_upload_limit() -> None:
    """Makes Streamlit accept files of this size. Called before the server starts."""
    config.set_option("server.maxUploadSize", upload_megabytes(), "PLAYGROUND_UPLOAD_BYTES")
