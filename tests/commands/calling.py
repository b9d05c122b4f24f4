"""Calling the command line as a user and as a program does."""

import json
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from playground.__main__ import main

ROOT = Path(__file__).resolve().parents[2]
DIGITS = ROOT / "assets" / "pretrained" / "digits"
TINY = {
    "data": {"kind": "digits8"},
    "network": [{"kind": "flatten"}, {"kind": "dense", "units": 16}, {"kind": "relu"}, {"kind": "output"}],
    "loss": {"kind": "cross_entropy"},
    "optimizer": {"kind": "adam", "lr": 0.01},
    "training": {"epochs": 3, "batch_size": 32, "device": "cpu"},
}


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def python(*arguments, **options):
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False, **options)


def spec_file(path, **changes):
    path.write_text(json.dumps({**TINY, **changes}))
    return path


def refused(result, *words):
    """Exit status 2, a plain message on standard error, no traceback."""
    assert result.exit_code == 2, result.output
    assert not result.stdout
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr
