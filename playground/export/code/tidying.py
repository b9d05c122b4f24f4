"""The form of generated code: ruff's, at 100 characters a line, as most Python is written."""

import subprocess
import sys

_SECONDS = 30


def tidied(code: str) -> str:
    """The same code, formatted. Raises: ValueError if it is no Python."""
    settings = ("--isolated", "--line-length", "100", "--stdin-filename", "script.py", "-")
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", *settings], input=code.encode(), capture_output=True, timeout=_SECONDS, check=False
    )
    if done.returncode:
        raise ValueError(f"generated code cannot be formatted: {done.stderr.decode(errors='replace')[:500]}")
    return done.stdout.decode()
