"""The README's commands and code, run as a reader would copy them."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def reader(tmp_path: Path) -> Path:
    """The reader's folder, with the images that the README names."""
    shutil.copytree(ROOT / "docs" / "images", tmp_path / "docs" / "images")
    shutil.copytree(ROOT / "assets" / "pretrained", tmp_path / "assets" / "pretrained")
    return tmp_path


def run(arguments: list[str], folder: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


IN_ONE_PROCESS = """if True:
    import contextlib, io, json, runpy, sys
    outputs = []
    for command in json.loads(sys.argv[1]):
        sys.argv, printed = ["playground", *command], io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                runpy.run_module("playground", run_name="__main__", alter_sys=True)
        except SystemExit as end:
            if end.code:
                raise
        outputs.append(printed.getvalue())
    print(json.dumps(outputs))"""
"""A program that runs several commands like `python -m playground`, because importing PyTorch takes longer than most of them."""


@pytest.mark.timeout(400)
def test_the_commands_work_in_order(reader: Path) -> None:
    commands = [shlex.split(command) for command in re.findall(r"^ {4}python -m playground (.*)$", README, re.MULTILINE)]
    assert len(commands) >= 5
    first, *others = commands
    outputs = {first[0]: run(["-m", "playground", *first], reader)}
    printed = json.loads(run(["-c", IN_ONE_PROCESS, json.dumps(others)], reader))
    outputs |= {command[0]: text for command, text in zip(others, printed, strict=True)}
    assert "105,866" in outputs["check"]
    assert json.loads(outputs["predict"])["label"] == "3"
    assert Image.open(reader / "runs" / "heat.png").size[0] >= 28
    assert "spec=" in (reader / "runs" / "link.txt").read_text()


@pytest.mark.timeout(200)
def test_the_python_example_works(reader: Path) -> None:
    (example,) = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    quick = example.replace("    print(event)", "    print(event)\n    break")
    assert quick != example
    (reader / "example.py").write_text(quick)
    lines = run(["example.py"], reader).splitlines()
    assert any(line.startswith("Started(") for line in lines)
    assert lines[-1].startswith("torch.Size([1, 1, 28, 28])")
