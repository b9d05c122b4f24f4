"""The package without what Windows does not have: everything can be imported, the command line works, and the app says why it cannot start.

Simulated in a process of its own: modules and functions of Unix are removed after PyTorch and the like are imported, which have versions
for Windows, and before anything of the playground is."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from playground.catalog.datasets import MnistSample
from playground.catalog.layers import Dense, Output, ReLU
from playground.catalog.losses import CrossEntropy
from playground.export.formats import FORMATS
from playground.opening import load_spec
from playground.spec import ExperimentSpec
from tests.commands.calling import DIGITS, ROOT, TINY, run, spec_file
from tests.own.examples import own_dataset

pytestmark = pytest.mark.timeout(240)

WEB = "import captum.attr, sqlalchemy, starlette, streamlit.web.cli, uvicorn\n"
SIMULATION = """
import asyncio, contextlib, multiprocessing.connection, os, pkgutil, runpy, signal, socket, subprocess, sys
import click, filelock, onnx, scipy.ndimage, sklearn, torch



class Lock(contextlib.nullcontext):  # filelock has chosen that of Unix
    def __init__(self, *arguments, **options):
        super().__init__(self)

    def acquire(self, *arguments, **options):
        return self

    def release(self, *arguments, **options): ...


filelock.FileLock = Lock
for name in ("fcntl", "grp", "posix", "pwd", "resource", "syslog", "termios", "tty"):
    sys.modules[name] = None
REMOVED = {
    os: "fork forkpty geteuid getuid killpg pread set_blocking sysconf O_CLOEXEC O_DIRECTORY O_NOFOLLOW O_NONBLOCK",
    signal: "SIGALRM SIGCHLD SIGHUP SIGKILL SIGQUIT SIGUSR1",
    socket: "AF_UNIX recv_fds send_fds",
}
for module, names in REMOVED.items():
    for name in names.split():
        delattr(module, name)
sys.platform = "win32"


def playground(*arguments):
    sys.argv = ["playground", *arguments]
    try:
        runpy.run_module("playground", run_name="__main__")
    except SystemExit as end:
        return end.code
"""
COMMANDS = """
import json
for arguments in json.loads(sys.argv[1]):
    code = playground(*arguments)
    assert not code, (arguments, code)
"""
IMPORTS = """
from importlib import import_module
import playground
names = [module.name for module in pkgutil.walk_packages(playground.__path__, "playground.")]
names.remove("playground.runs.migrations.env")  # a script that only Alembic runs
for name in names:
    if name not in ("playground.web.main", "playground.__main__"):  # scripts
        import_module(name)
print(len(names))
"""
APP = """
import os, sys, asyncio, subprocess, streamlit.web.cli
del os.fork  # only this: Streamlit has code of its own for Windows, which does not run here
sys.argv = ["streamlit", "run", "app.py", "--server.port", "0", "--server.headless", "true"]
streamlit.web.cli.main()
"""


def python(script: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """With the encoding that Python uses for redirected output in western Windows."""
    environment = os.environ | {"PYTHONUTF8": "0", "PYTHONIOENCODING": "cp1252", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", timeout=230, check=False,
    )  # fmt: skip


def test_every_module_can_be_imported() -> None:
    result = python(WEB + SIMULATION + IMPORTS)
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) > 300


def test_the_command_line_works(tmp_path: Path) -> None:
    test = MnistSample().load().test
    seven = tmp_path / "7.png"
    Image.fromarray(test.inputs[list(test.targets).index(7), 0]).save(seven)
    spec = spec_file(tmp_path / "spec.json")
    table = ExperimentSpec(data=own_dataset("own_table"), network=(Dense(units=4), ReLU(), Output()), loss=CrossEntropy())
    (tmp_path / "table.json").write_text(table.to_json(), encoding="utf-8")
    exported = {name: tmp_path / f"simulated.{name}" for name in FORMATS}
    commands = [
        ["check", str(spec)],
        ["check", str(tmp_path / "table.json")],
        ["predict", str(DIGITS), str(seven)],
        ["train", str(spec), "--out", str(tmp_path / "run")],
        *(["export", str(DIGITS), "--format", name, "--out", str(path)] for name, path in exported.items()),
        ["export", str(tmp_path / "table.json"), "--format", "bundle", "--out", str(tmp_path / "table.zip")],
    ]
    result = python(SIMULATION + COMMANDS, json.dumps(commands))
    assert result.returncode == 0, result.stderr
    here = [run(*arguments) for arguments in commands[:3]]
    assert result.stdout.startswith("".join(each.stdout for each in here))
    assert json.loads(here[2].stdout)["label"] == "7"
    for name in ("script", "link", "weights"):
        run("export", DIGITS, "--format", name, "--out", tmp_path / "here")
        assert exported[name].read_bytes() == (tmp_path / "here").read_bytes()
    assert len(load_spec(str(tmp_path / "run")).network) == len(TINY["network"])
    assert (tmp_path / "table.zip").stat().st_size > 0


def test_the_app_says_why_it_cannot_start() -> None:
    result = python(APP)
    assert result.returncode == 1
    assert "The app cannot start: training in worker processes needs Linux or macOS" in result.stderr
    assert "Traceback" not in result.stderr
