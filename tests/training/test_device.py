"""Available devices and unavailable ones."""

import os
import subprocess
import sys

import psutil
import pytest
import torch

from playground.spec import ExperimentSpec
from playground.training import DeviceError, available_devices, describe, pick_device, train
from tests.training.specs import points


def on(device: str) -> ExperimentSpec:
    return points(training={"device": device})


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


def test_the_cpu_is_always_available() -> None:
    assert available_devices()[-1] == "cpu"
    assert pick_device("cpu") == torch.device("cpu")


def test_the_cpu_has_a_name_and_its_memory() -> None:
    cpu = describe(torch.device("cpu"))
    assert len(cpu.name) > 2
    assert cpu.memory_bytes == pytest.approx(psutil.virtual_memory().total, rel=0.01)


@pytest.mark.usefixtures("no_gpu")
def test_auto_is_the_cpu_if_there_is_nothing_else() -> None:
    assert pick_device("auto") == torch.device("cpu")


@pytest.mark.parametrize(("cuda", "mps", "expected"), [(True, True, "cuda:0"), (True, False, "cuda:0"), (False, True, "mps:0")])
def test_auto_selects_a_gpu_if_there_is_one(cuda: bool, mps: bool, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert str(pick_device("auto")) == expected


@pytest.mark.usefixtures("no_gpu")
@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_an_unavailable_device_is_refused_with_a_list_of_available_ones(device: str) -> None:
    with pytest.raises(DeviceError, match=rf"training\.device: “{device}” is not available: .+; choose “auto” or “cpu”"):
        train(on(device))


def test_training_imports_no_web_framework() -> None:
    code = "import sys, playground.training; sys.exit(any(name in sys.modules for name in ('streamlit', 'starlette', 'kornia', 'sklearn')))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False, timeout=100).returncode == 0
