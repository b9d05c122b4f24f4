"""All edits that a user can make to a spec, as pure functions from one spec to the next."""

from playground.web.edits.blocks import unwrap, wrap_parallel, wrap_residual
from playground.web.edits.data import Adapted, add_augmentation, move_augmentation, remove_augmentation, replace_dataset
from playground.web.edits.layers import add_branch, add_layer, duplicate_layer, move_layer, remove_branch, remove_layer
from playground.web.edits.operations import apply, count_of
from playground.web.edits.pace import paced
from playground.web.edits.parts import Part, replace_part
from playground.web.edits.pasting import paste
from playground.web.edits.presets import misfit
from playground.web.edits.settings import checked, set_field

__all__ = [
    "Adapted",
    "Part",
    "add_augmentation",
    "add_branch",
    "add_layer",
    "apply",
    "checked",
    "count_of",
    "duplicate_layer",
    "misfit",
    "move_augmentation",
    "move_layer",
    "paced",
    "paste",
    "remove_augmentation",
    "remove_branch",
    "remove_layer",
    "replace_dataset",
    "replace_part",
    "set_field",
    "unwrap",
    "wrap_parallel",
    "wrap_residual",
]
