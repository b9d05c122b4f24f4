"""Formats generated code with ruff, at 100 characters per line."""

import subprocess

from ruff import find_ruff_bin

from playground.export.code.origin import LINE

_SECONDS = 30
_COMMON = ("--isolated", "--quiet", "--stdin-filename", "script.py", "-")
_SUPERFLUOUS = "UP034,PIE790,F401"
"""Extra parentheses and `pass` left over from unparsing, and imports of what was left out."""


def tidied(code: str) -> str:
    """The same code, formatted. Raises: ValueError if it is not valid Python."""
    plain = _ruff(code, "check", "--fix", "--exit-zero", "--select", _SUPERFLUOUS)
    return _ruff(plain, "format", "--line-length", str(LINE))


def _ruff(code: str, *arguments: str) -> str:
    command = [find_ruff_bin(), *arguments, *_COMMON]
    done = subprocess.run(command, input=code.encode(), capture_output=True, timeout=_SECONDS, check=False)
    if done.returncode:
        raise ValueError(f"generated code is not valid Python: {done.stderr.decode(errors='replace')[:500]}")
    return done.stdout.decode()
