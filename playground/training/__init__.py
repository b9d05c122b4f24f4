"""Training a network: `train` yields events, and `Control` steers it in between."""

from playground.training.checkpoint import Checkpoint, CheckpointError
from playground.training.control import Control
from playground.training.declarations import Declarations, declarations
from playground.training.device import DeviceError, DeviceInfo, available_devices, describe, pick_device
from playground.training.engine import train
from playground.training.events import (
    Changed,
    Diverged,
    Evaluated,
    Event,
    Finished,
    Progress,
    Reason,
    Refused,
    Rest,
    Snapshot,
    Started,
    View,
)

__all__ = [
    "Changed", "Checkpoint", "CheckpointError", "Control", "Declarations", "DeviceError", "DeviceInfo", "Diverged", "Evaluated",
    "Event", "Finished", "Progress", "Reason", "Refused", "Rest", "Snapshot", "Started", "View", "available_devices", "declarations",
    "describe", "pick_device", "train",
]  # fmt: skip
