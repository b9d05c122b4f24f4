"""Training a network: `train` yields events, and `Control` steers it in between."""

from playground.training.control import Control
from playground.training.device import DeviceError, DeviceInfo, available_devices, describe, pick_device
from playground.training.engine import train
from playground.training.events import VIEW_NAMES, Diverged, Evaluated, Event, Finished, Progress, Reason, Snapshot, Started, View, ViewName

__all__ = [
    "VIEW_NAMES", "Control", "DeviceError", "DeviceInfo", "Diverged", "Evaluated", "Event", "Finished", "Progress", "Reason", "Snapshot",
    "Started", "View", "ViewName", "available_devices", "describe", "pick_device", "train",
]  # fmt: skip
