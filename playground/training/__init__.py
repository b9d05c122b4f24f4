"""Training a network: `train` gives events, `Control` is said to it in between."""

from playground.training.control import Control
from playground.training.device import DeviceError, DeviceInfo, available_devices, describe, pick_device
from playground.training.engine import train
from playground.training.events import Diverged, Evaluated, Event, Finished, Progress, Reason, Snapshot, Started, View

__all__ = [
    "Control", "DeviceError", "DeviceInfo", "Diverged", "Evaluated", "Event", "Finished", "Progress", "Reason", "Snapshot", "Started",
    "View", "available_devices", "describe", "pick_device", "train",
]  # fmt: skip
