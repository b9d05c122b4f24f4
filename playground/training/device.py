"""Where a network is computed: the processor, or a GPU that PyTorch knows."""

import os
import platform
import re
from dataclasses import dataclass
from pathlib import Path

import torch


class DeviceError(Exception):
    """A device was asked for that is not here: the message says why and what there is instead."""


@dataclass(frozen=True)
class DeviceInfo:
    """`name` as the maker calls it. memory_bytes: what the device has in all, None where the system does not say."""

    name: str
    memory_bytes: int | None


def available_devices() -> tuple[str, ...]:
    """Kinds of the devices that are here, the fastest first: "cuda", "mps", "cpu"."""
    return tuple(kind for kind in ("cuda", "mps", "cpu") if kind == "cpu" or _is_here(kind))


def pick_device(choice: str) -> torch.device:
    """The device for `training.device`: "auto" takes a GPU where there is one.

    Raises: DeviceError if it is not here."""
    if choice == "cpu":
        return torch.device("cpu")  # without waking the driver of a GPU that is not wanted
    here = available_devices()
    kind = here[0] if choice == "auto" else choice
    if kind not in here:
        others = " or ".join(f"“{other}”" for other in ("auto", *here))
        raise DeviceError(f"training.device: “{choice}” is not here: {_why_not(choice)}; choose {others}")
    return torch.device("cpu") if kind == "cpu" else torch.device(kind, 0)


def check_precision(precision: str, device: torch.device) -> None:
    """Raises: DeviceError if `training.precision` cannot be had on this device."""
    if precision == "mixed" and device.type != "cuda":
        raise DeviceError(f"training.precision: “mixed” needs a GPU with CUDA, and this run is on “{device.type}”; choose “float32”")


def describe(device: torch.device) -> DeviceInfo:
    """Name and memory of a device that is here."""
    if device.type == "cuda":
        properties = torch.cuda.get_device_properties(device)
        return DeviceInfo(properties.name, properties.total_memory)
    if device.type == "mps":
        return DeviceInfo(torch.backends.mps.get_name(), torch.mps.recommended_max_memory())
    return DeviceInfo(_processor(), _memory_bytes())


def _is_here(kind: str) -> bool:
    return torch.cuda.is_available() if kind == "cuda" else torch.backends.mps.is_available()


def _why_not(kind: str) -> str:
    if kind == "cuda":
        built = torch.version.cuda is not None or torch.version.hip is not None
        return "no GPU with a working driver was found" if built else "this PyTorch was built without CUDA"
    if kind == "mps":
        return "the system refuses Metal" if torch.backends.mps.is_built() else "Metal is on Apple computers only"
    return "there is no such kind of device"


def _processor() -> str:
    """What the processor calls itself; Linux says it in a file, others through `platform`."""
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    except OSError:
        found = None
    return found[1].strip() if found else platform.processor() or platform.machine() or "CPU"


def _memory_bytes() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not a POSIX system
        return None
