"""What a spec or a run can be taken along as; one entry a format."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # nothing heavy until something is exported: the command line lists the formats in its help
    from torch import Tensor

    from playground.spec import ExperimentSpec


@dataclass(frozen=True)
class Luggage:
    """What there is to export. weights: the network's state, None if it is not trained. address: of the app, for links."""

    spec: "ExperimentSpec"
    weights: "Mapping[str, Tensor] | None"
    address: str


@dataclass(frozen=True)
class Format:
    """needs_weights: whether only a trained run can be exported so. suffix: of the file, with its dot. pack: → the file's content."""

    title: str
    suffix: str
    needs_weights: bool
    pack: Callable[[Luggage], bytes]


def _link(luggage: Luggage) -> bytes:
    from playground.export.link import to_token

    return f"{luggage.address.rstrip('/')}/playground?spec={to_token(luggage.spec)}\n".encode()


def _weights(luggage: Luggage) -> bytes:
    from safetensors.torch import save

    return save({name: tensor.detach().cpu().contiguous() for name, tensor in (luggage.weights or {}).items()})


FORMATS: dict[str, Format] = {
    "weights": Format("Weights (safetensors)", ".safetensors", True, _weights),
    "link": Format("Share link", ".txt", False, _link),
}
