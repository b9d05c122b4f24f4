"""What a spec or a run can be taken along as; one entry a format."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # nothing heavy until something is exported: the command line lists the formats in its help
    from torch import Tensor

    from playground.spec import ExperimentSpec


@dataclass(frozen=True)
class Luggage:
    """What there is to export. weights: the network's state, None if it is not trained. address: of the app, for links. steps: how many
    trained the weights, None where that is not known."""

    spec: "ExperimentSpec"
    weights: "Mapping[str, Tensor] | None"
    address: str
    steps: int | None = None


@dataclass(frozen=True)
class Format:
    """help: what it is, in plain words. file: by which name it is saved, with its ending. media_type: by which browsers know it.
    pack: → the file's content; raises SpecError, ExportError or DataError where it cannot be had.

    weights: what it makes of a trained network's: needed, as there is nothing else in it; used where there are some; or unused.
    needs_network: whether the network has to work. is_text: whether it can be printed."""

    title: str
    file: str
    help: str
    media_type: str
    pack: Callable[[Luggage], bytes]
    weights: Literal["needed", "used", "unused"] = "unused"
    needs_network: bool = True
    is_text: bool = True

    @property
    def needs_weights(self) -> bool:
        """Whether only a trained run can be exported so."""
        return self.weights == "needed"

    @property
    def suffix(self) -> str:
        """Of the file, with its dot."""
        return "." + self.file.rsplit(".", 1)[-1]


def _script(luggage: Luggage) -> bytes:
    from playground.export.script import to_script

    return to_script(luggage.spec).encode()


def _notebook(luggage: Luggage) -> bytes:
    from playground.export.notebook import to_notebook

    return to_notebook(luggage.spec).encode()


def _onnx(luggage: Luggage) -> bytes:
    from playground.export.onnx import to_onnx

    return to_onnx(luggage.spec, luggage.weights, luggage.steps)


def _weights(luggage: Luggage) -> bytes:
    from safetensors.torch import save

    return save({name: tensor.detach().cpu().contiguous() for name, tensor in (luggage.weights or {}).items()})


def _card(luggage: Luggage) -> bytes:
    from playground.export.card import to_card

    return to_card(luggage.spec, luggage.weights, luggage.steps, luggage.address).encode()


def _diagram_svg(luggage: Luggage) -> bytes:
    from playground.export.diagram import diagram_svg

    return diagram_svg(luggage.spec).encode()


def _diagram_png(luggage: Luggage) -> bytes:
    from playground.export.diagram import diagram_png

    return diagram_png(luggage.spec)


def _spec(luggage: Luggage) -> bytes:
    return (luggage.spec.to_json(indent=2) + "\n").encode()


def _link(luggage: Luggage) -> bytes:
    from playground.export.link import to_token

    return f"{luggage.address.rstrip('/')}/playground?spec={to_token(luggage.spec)}\n".encode()


def _bundle(luggage: Luggage) -> bytes:
    """All the others; one that cannot be had is told of in the README."""
    from playground.catalog.datasets.examples import DataError
    from playground.export.bundle import to_zip
    from playground.export.failure import ExportError
    from playground.spec import SpecError

    contents, left_out = [], []
    for name, each in FORMATS.items():
        if name == "bundle":
            continue
        if each.needs_weights and luggage.weights is None:
            left_out.append((each.title, "the network is not trained yet"))
            continue
        try:
            contents.append((each.file, each.help, each.pack(luggage)))
        except (SpecError, ExportError, DataError) as error:
            left_out.append((each.title, str(error)))
    return to_zip(luggage.spec, contents, left_out)


FORMATS: dict[str, Format] = {
    "script": Format("Python script", "train.py", "Plain PyTorch that trains this network, to run anywhere", "text/x-python", _script),
    "notebook": Format(
        "Jupyter notebook", "train.ipynb", "The same in steps, with its curves, for Jupyter or Colab", "application/x-ipynb+json", _notebook
    ),
    "weights": Format(
        "Weights", "model.safetensors", "The numbers that were learned, for PyTorch (safetensors)", "application/octet-stream", _weights,
        weights="needed", is_text=False,
    ),
    "onnx": Format(
        "ONNX model", "model.onnx", "The network for other programs, phones and browsers", "application/octet-stream", _onnx,
        weights="used", is_text=False,
    ),
    "card": Format(
        "Model card", "model-card.md", "What it learned from, how good it is, what it is not for (Markdown)", "text/markdown", _card,
        weights="used", needs_network=False,
    ),
    "diagram_svg": Format(
        "Diagram, SVG", "network.svg", "The network drawn, sharp at every size, for texts and slides", "image/svg+xml", _diagram_svg,
        needs_network=False,
    ),
    "diagram_png": Format(
        "Diagram, PNG", "network.png", "The same drawing as an image, for every program", "image/png", _diagram_png,
        needs_network=False, is_text=False,
    ),
    "spec": Format(
        "Settings", "experiment.json", "All settings as a file that the playground opens again", "application/json", _spec,
        needs_network=False,
    ),
    "link": Format("Share link", "link.txt", "An address that opens these settings", "text/plain", _link, needs_network=False),
    "bundle": Format(
        "Everything", "experiment.zip", "All of these in one archive, with your own data if you brought some", "application/zip", _bundle,
        weights="used", needs_network=False, is_text=False,
    ),
}  # fmt: skip
"""In menu order."""
