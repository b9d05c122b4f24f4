"""The log as JSON: an object on each line, without personal data (`PLAYGROUND_LOG=json`).

Addresses of runs let anyone watch them, and owners and network addresses belong to persons: each is replaced by a short hash, by which
lines about the same one can still be found."""

import hashlib
import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType

import streamlit.logger

from playground.settings import without_passwords

_V4 = r"\d{1,3}(?:\.\d{1,3}){3}"
_IDENTIFYING = re.compile(
    r"(?<![A-Za-z0-9_-])[acuw][A-Za-z0-9_-]{22}(?![A-Za-z0-9_-])"  # owners and addresses of runs
    rf"|\b{_V4}\b"
    rf"|(?<![\w:.])(?:(?=[\w.:]*::)(?:[0-9A-Fa-f]{{0,4}}:){{2,7}}|(?:[0-9A-Fa-f]{{1,4}}:){{7}})(?:{_V4}|[0-9A-Fa-f]{{0,4}})(?![\w:])"
    r"|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b"  # mail addresses
)


def write_json_logs() -> None:
    """From now on, everything that is logged in this process is written to standard error as JSON."""
    logging.getLogger().addHandler(logging.StreamHandler())
    logging.getLogger("playground").setLevel(logging.INFO)
    for logger in (logging.getLogger(), *map(logging.getLogger, tuple(logging.root.manager.loggerDict))):
        _write_as_json(logger)
    if logging.lastResort is not None:  # loggers without a handler, such as uvicorn's for errors
        logging.lastResort.setFormatter(JsonFormatter())
    logging.captureWarnings(True)
    setup = streamlit.logger.setup_formatter

    def set_up(logger: logging.Logger) -> None:  # Streamlit gives each logger that it makes later a handler of its own
        setup(logger)
        _write_as_json(logger)

    streamlit.logger.setup_formatter = set_up
    sys.excepthook = _log_uncaught


def _write_as_json(logger: logging.Logger) -> None:
    for handler in logger.handlers:
        handler.setFormatter(JsonFormatter())


class JsonFormatter(logging.Formatter):
    """{"time", "level", "logger", "message"}, and of an exception its type, its message and where it happened."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": impersonal(record.getMessage()),
        }
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            frames = traceback.extract_tb(error.__traceback__)
            line["error"] = type(error).__name__
            line["error_message"] = impersonal(str(error))
            line["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line, ensure_ascii=False)


def impersonal(text: str) -> str:
    """The text without what identifies a person or opens a run."""
    return _IDENTIFYING.sub(lambda match: f"#{hashlib.sha256(match[0].encode()).hexdigest()[:8]}", without_passwords(text))


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger("playground").critical("The server ends because of an error", exc_info=(kind, error, trace))
