"""The log as JSON, without what identifies a person or opens a run."""

import json
import logging
import subprocess
import sys

import pytest

from playground.runs.addresses import new_control_address, watch_address
from playground.web.logs import JsonFormatter, impersonal
from playground.web.security.owner import new_owner

PROGRAM = """
import logging, sys, warnings
from streamlit.logger import get_logger
from playground.web.logs import write_json_logs
logging.getLogger("uvicorn.error").propagate = False  # as Streamlit leaves it
early = get_logger("streamlit.early")
write_json_logs()
early.warning("early")
get_logger("streamlit.late").warning("late")
logging.getLogger("playground.web").info("ours, about %s", sys.argv[1])
logging.getLogger("uvicorn.error").info("nobody reads this")
logging.getLogger("uvicorn.error").error("an error")
warnings.warn("a warning")
1 / 0
"""


@pytest.mark.parametrize(
    "personal",
    [
        new_owner(), new_control_address(), watch_address(new_control_address()), "192.168.7.31", "::ffff:10.0.0.7", "2001:db8::7:1", "::1",
        "2001:0db8:0000:0000:0000:ff00:0042:8329", "ada.lovelace+x@mail.example.org",
    ],
    ids=["owner", "control", "watch", "IPv4", "IPv4 in IPv6", "IPv6", "loopback", "IPv6 in full", "mail"],
)  # fmt: skip
def test_what_is_personal_becomes_a_hash_that_is_the_same_every_time(personal: str) -> None:
    text = impersonal(f"run {personal} of ({personal}), again")
    assert personal not in text
    first, second = text.removeprefix("run ").split(" of (")
    assert second == f"{first}), again"
    assert first.startswith("#")
    assert len(first) == 9


@pytest.mark.parametrize("text", ["took 12:30:15 h", "loss 0.1234, step 12", "playground/web/logs.py:12", "version 2.13.0", "a-b_c"])
def test_other_text_stays(text: str) -> None:
    assert impersonal(text) == text


def test_passwords_do_not_reach_the_log() -> None:
    assert impersonal("postgresql://app:hunter2@host/db is away") == "postgresql://app:••••@host/db is away"


def test_an_exception_says_where_it_happened() -> None:
    try:
        raise ValueError("no such run: w" + "x" * 22)
    except ValueError:
        record = logging.LogRecord("playground.test", logging.ERROR, __file__, 1, "failed: %s", ("two\nlines",), sys.exc_info())
    line = JsonFormatter().format(record)
    assert "\n" not in line
    entry = json.loads(line)
    assert (entry["level"], entry["logger"], entry["message"], entry["error"]) == (
        "error",
        "playground.test",
        "failed: two\nlines",
        "ValueError",
    )
    assert entry["error_message"].startswith("no such run: #")
    assert entry["at"][-1].endswith("test_an_exception_says_where_it_happened")


def test_every_logger_of_a_server_writes_json() -> None:
    owner = new_owner()
    done = subprocess.run([sys.executable, "-c", PROGRAM, owner], capture_output=True, text=True, timeout=100, check=False)
    entries = [json.loads(line) for line in done.stderr.splitlines()]
    assert [entry["logger"] for entry in entries] == [
        "streamlit.early",
        "streamlit.late",
        "playground.web",
        "uvicorn.error",
        "py.warnings",
        "playground",
    ]
    assert owner not in done.stderr
    assert entries[-1]["error"] == "ZeroDivisionError"
