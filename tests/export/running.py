"""Trains a spec with the app and with its generated script, to compare them."""

import ast
import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import torch

from playground.export.script import to_script
from playground.spec import ExperimentSpec
from playground.training import Diverged, Finished, Progress, train

METRICS = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")
NEAR = 1e-5


@dataclass(frozen=True)
class Outcome:
    """losses: of every step. result: the four metrics at the end. printed: what a script printed."""

    losses: list[float]
    result: dict[str, float | None]
    printed: str = ""


def of_app(spec: ExperimentSpec) -> Outcome:
    losses: list[float] = []
    for event in train(spec):
        assert not isinstance(event, Diverged)
        if isinstance(event, Progress):
            losses += event.losses
        if isinstance(event, Finished):
            return Outcome(losses, {name: getattr(event, name) for name in METRICS})
    raise AssertionError("the run did not finish")


def of_script(spec: ExperimentSpec, folder: Path, code: str | None = None, arguments: Sequence[str] = ()) -> Outcome:
    """Runs the script from a file in this process, which is fast. arguments: its command line, besides the file for losses."""
    code = to_script(spec) if code is None else code
    path, losses = folder / "train.py", folder / "losses.json"
    path.write_text(code, encoding="utf-8")
    printed = io.StringIO()
    command = [str(path), "--losses", str(losses), *arguments]
    with _undisturbed(), mock.patch.object(sys, "argv", command), contextlib.redirect_stdout(printed):
        exec(compile(code, str(path), "exec"), {"__name__": "__main__", "__file__": str(path), "__doc__": ""})  # noqa: S102
    return Outcome(json.loads(losses.read_text()), json.loads(printed.getvalue().splitlines()[-1]), printed.getvalue())


def of_script_alone(spec: ExperimentSpec, folder: Path) -> Outcome:
    """Runs the script in its own process, from another folder, where it cannot import the project."""
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    command = [sys.executable, "-I", *_written(spec, folder)]
    done = subprocess.run(command, cwd=elsewhere, env=_bare(), capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    return _left(folder, done.stdout)


class Elsewhere:
    """Runs many scripts like that, each in a process forked from one that has imported PyTorch, with the part that optimizers import later:
    that takes longer than most scripts."""

    _SERVE = """if True:
        import json, os, runpy, sys
        import torch._dynamo

        def run(folder, command):
            for stream, name in ((sys.stdout, "stdout"), (sys.stderr, "stderr")):
                os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream.fileno())
            os.chdir(folder)
            sys.argv = command
            try:
                runpy.run_path(command[0], run_name="__main__")
                return 0
            except SystemExit as end:
                if isinstance(end.code, str):
                    print(end.code, file=sys.stderr)
                return end.code if isinstance(end.code, int) else int(end.code is not None)
            except BaseException:
                sys.excepthook(*sys.exc_info())
                return 1

        for line in sys.stdin:
            child = os.fork()
            if not child:
                code = run(*json.loads(line))
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)  # skips the slow teardown of PyTorch
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)"""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        command = [sys.executable, "-I", "-c", self._SERVE]
        self._process = subprocess.Popen(command, cwd=folder, env=_bare(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, command: list[str], folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Runs a script with its arguments, from this folder."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps([str(folder or self._folder), command]), file=self._process.stdin, flush=True)
        exit_code = int(self._process.stdout.readline())
        stdout, stderr = ((self._folder / name).read_text(encoding="utf-8") for name in ("stdout", "stderr"))
        return subprocess.CompletedProcess(command, exit_code, stdout, stderr)

    def outcome(self, spec: ExperimentSpec, folder: Path) -> Outcome:
        done = self.run(_written(spec, folder))
        assert done.returncode == 0, done.stderr
        return _left(folder, done.stdout)

    def end(self) -> None:
        self._process.communicate()


def _bare() -> dict[str, str]:
    """The environment without anything that leads to the project."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PLAYGROUND"))}


def _written(spec: ExperimentSpec, folder: Path) -> list[str]:
    """Writes its script into the folder. Returns the script's command line."""
    path = folder / "train.py"
    path.write_text(to_script(spec), encoding="utf-8")
    return [str(path), "--losses", str(folder / "losses.json"), "--save", str(folder / "model.pt")]


def _left(folder: Path, printed: str) -> Outcome:
    """The outcome left by such a script."""
    assert (folder / "model.pt").stat().st_size > 0
    return Outcome(json.loads((folder / "losses.json").read_text()), json.loads(printed.splitlines()[-1]))


def assert_same(first: Outcome, second: Outcome) -> None:
    """Equal to 1e-5, step by step and at the end."""
    assert len(first.losses) == len(second.losses) > 0
    worst = max(abs(one - other) for one, other in zip(first.losses, second.losses, strict=True))
    assert worst <= NEAR, f"steps differ by up to {worst}"
    assert second.result.keys() == first.result.keys()
    for name, value in first.result.items():
        other = second.result[name]
        assert (value is None) == (other is None), name
        assert value is None or other is None or abs(value - other) <= NEAR, name


def assert_reproduces(spec: ExperimentSpec, folder: Path) -> str:
    """Asserts that the spec's script gives the app's losses. Returns the script."""
    code = to_script(spec)
    assert_same(of_app(spec), of_script(spec, folder, code))
    assert_alone(code)
    return code


def assert_alone(code: str) -> None:
    """Asserts that the code imports only Python, NumPy, PyTorch and Pillow, has no long line, and leaves out notes on the app."""
    assert max(map(len, code.splitlines())) <= 100
    assert "with the app" not in code
    allowed = {*sys.stdlib_module_names, "numpy", "torch", "PIL"}
    for node in ast.walk(ast.parse(code)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
        assert {name.split(".")[0] for name in names} <= allowed, names


def briefly(spec: ExperimentSpec, **training: Any) -> ExperimentSpec:
    """The spec on the CPU, with changed training settings."""
    return spec.model_copy(update={"training": spec.training.model_copy(update={"device": "cpu", **training})})


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Restores random state and thread count."""
    threads = torch.get_num_threads()
    with torch.random.fork_rng(devices=[]):
        try:
            yield
        finally:
            torch.set_num_threads(threads)
