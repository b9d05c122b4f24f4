"""Where a network is computed: on the processor, or on a GPU that PyTorch supports."""

import os
import platform
import re
from dataclasses import dataclass
from pathlib import Path

import torch


class DeviceError(Exception):
    """The requested device is not available: the message says why and which ones are."""


@dataclass(frozen=True)
class DeviceInfo:
    """name: the manufacturer's. memory_bytes: total memory of the device; None if the system does not report it."""

    name: str
    memory_bytes: int | None


def available_devices() -> tuple[str, ...]:
    """The kinds of available devices, fastest first: "cuda", "mps", "cpu"."""
    return tuple(kind for kind in ("cuda", "mps", "cpu") if kind == "cpu" or _is_available(kind))


def pick_device(choice: str) -> torch.device:
    """The device for `training.device`; "auto" selects a GPU if there is one.

    Raises: DeviceError if it is not available."""
    if choice == "cpu":
        return torch.device("cpu")  # without loading the driver of a GPU that is not used
    available = available_devices()
    kind = available[0] if choice == "auto" else choice
    if kind not in available:
        others = " or ".join(f"“{other}”" for other in ("auto", *available))
        raise DeviceError(f"training.device: “{choice}” is not available: {_why_not(choice)}; choose {others}")
    return torch.device("cpu") if kind == "cpu" else torch.device(kind, 0)


def check_precision(precision: str, device: torch.device) -> None:
    """Raises: DeviceError if this device does not support `training.precision`."""
    if precision == "mixed" and device.type != "cuda":
        raise DeviceError(f"training.precision: “mixed” needs a GPU with CUDA, and this run is on “{device.type}”; choose “float32”")


def describe(device: torch.device) -> DeviceInfo:
    """Name and memory of an available device."""
    if device.type == "cuda":
        properties = torch.cuda.get_device_properties(device)
        return DeviceInfo(properties.name, properties.total_memory)
    if device.type == "mps":
        return DeviceInfo(torch.backends.mps.get_name(), torch.mps.recommended_max_memory())
    return DeviceInfo(_processor(), _memory_bytes())


def _is_available(kind: str) -> bool:
    return torch.cuda.is_available() if kind == "cuda" else torch.backends.mps.is_available()


def _why_not(kind: str) -> str:
    if kind == "cuda":
        built = torch.version.cuda is not None or torch.version.hip is not None
        return "no GPU with a working driver was found" if built else "this PyTorch was built without CUDA"
    if kind == "mps":
        return "this system does not support Metal" if torch.backends.mps.is_built() else "Metal exists only on Apple computers"
    return "there is no such kind of device"


def _processor() -> str:
    """The name of the processor: on Linux from a file, elsewhere from `platform`."""
    try:
        model = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    except OSError:
        model = None
    return model[1].strip() if model else platform.processor() or platform.machine() or "CPU"


def _memory_bytes() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not a POSIX system
        return None
