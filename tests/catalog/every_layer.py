"""Networks that contain every layer of the catalog, put in one after another as the network editor does."""

from playground.catalog.datasets import Digits8, Sentences
from playground.catalog.layers import LAYERS, Output
from playground.presets import PRESETS
from playground.spec import ExperimentSpec
from playground.web.edits.operations import apply
from tests.tensors import tensor_of

SMALL = PRESETS["mlp_784_256_10"].spec.model_copy(update={"data": Digits8(train_size=60)})
FRAME = ("to_sequence", "reshape", "global_avg_pool2d", "flatten", "output")
"""Layers that are put in before all others, the last first: a sequence, then maps, then a vector, so that there is a place for each."""
AFTER = {"output": tensor_of(8), "global_avg_pool2d": tensor_of(1, 8, 8), "reshape": tensor_of(64, 1)}
"""Layers of the frame, with an input of the same axes: layers that take such an input are put in before them."""
TURNS = (("patches", "lstm"), ("to_sequence", "gru"), ("to_sequence", "rnn"), ("embedding", "sequence_pool"))
"""A layer that makes a sequence, and one that makes a vector of it: in one network with all others, they would take the axes those need."""


def put_in(spec: ExperimentSpec, kind: str, place: int) -> ExperimentSpec:
    return apply(spec, {"op": "add", "path": f"network[{place}]", "kind": kind})


def turn(makes: str, ends: str) -> ExperimentSpec:
    """A network of these two layers and the output."""
    data = Sentences(train_size=60) if LAYERS[makes].takes_symbols else SMALL.data
    return put_in(put_in(SMALL.model_copy(update={"data": data, "network": (Output(),)}), ends, 0), makes, 0)


def all_others() -> ExperimentSpec:
    """A network of all layers that are in none of the turns."""
    spec = SMALL.model_copy(update={"network": ()})
    for name in reversed(FRAME):
        spec = put_in(spec, name, 0)
    alone = {name for pair in TURNS for name in pair}
    for kind in (kind for kind in LAYERS if kind.name() not in {*FRAME, *alone}):
        kinds = [layer.kind for layer in spec.network]
        spec = put_in(spec, kind.name(), kinds.index(next(name for name, x in AFTER.items() if kind.fits(x))))
    return spec


NETWORKS = {"all_others": all_others(), **{"-".join(pair): turn(*pair) for pair in TURNS}}
