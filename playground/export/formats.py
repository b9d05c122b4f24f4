"""The formats in which an experiment or a trained network can be exported; one entry per format."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # imports nothing heavy: the command line lists the formats in its help
    from torch import Tensor

    from playground.spec import ExperimentSpec


@dataclass(frozen=True)
class ExportSource:
    """What is exported. weights: the state of the network, None if it is not trained. address: of the app, for links. steps: the number of
    training steps behind the weights, None if unknown."""

    spec: "ExperimentSpec"
    weights: "Mapping[str, Tensor] | None"
    address: str
    steps: int | None = None


@dataclass(frozen=True)
class Format:
    """help: a one-line description. file: the name of the saved file. media_type: its MIME type.
    export: → the content of the file; raises SpecError, ExportError or DataError if it cannot be made.

    weights: "needed" if the file holds nothing else, "used" if it can hold them, or "unused". vocabulary: whether it contains the
    vocabulary of an uploaded text.
    needs_network: whether the network must be valid. is_text: whether the file can be printed."""

    title: str
    file: str
    help: str
    media_type: str
    export: Callable[[ExportSource], bytes]
    weights: Literal["needed", "used", "unused"] = "unused"
    needs_network: bool = True
    is_text: bool = True
    vocabulary: bool = False

    @property
    def needs_weights(self) -> bool:
        """Whether only a trained network can be exported in this format."""
        return self.weights == "needed"

    @property
    def suffix(self) -> str:
        """The file extension, with its dot."""
        return "." + self.file.rsplit(".", 1)[-1]


def _script(source: ExportSource) -> bytes:
    from playground.export.script import to_script

    return to_script(source.spec).encode()


def _notebook(source: ExportSource) -> bytes:
    from playground.export.notebook import to_notebook

    return to_notebook(source.spec).encode()


def _onnx(source: ExportSource) -> bytes:
    from playground.export.onnx import to_onnx

    return to_onnx(source.spec, source.weights, source.steps)


def _weights(source: ExportSource) -> bytes:
    from safetensors.torch import save

    return save({name: tensor.detach().cpu().contiguous() for name, tensor in (source.weights or {}).items()})


def _card(source: ExportSource) -> bytes:
    from playground.export.card import to_card

    return to_card(source.spec, source.weights, source.steps, source.address).encode()


def _diagram_svg(source: ExportSource) -> bytes:
    from playground.export.diagram import diagram_svg

    return diagram_svg(source.spec).encode()


def _diagram_png(source: ExportSource) -> bytes:
    from playground.export.diagram import diagram_png

    return diagram_png(source.spec)


def _spec(source: ExportSource) -> bytes:
    return (source.spec.to_json(indent=2) + "\n").encode()


def _link(source: ExportSource) -> bytes:
    from playground.export.link import to_token

    return f"{source.address.rstrip('/')}/playground?spec={to_token(source.spec)}\n".encode()


def _bundle(source: ExportSource) -> bytes:
    """All other formats; the README lists the ones that are missing, and why."""
    from playground.catalog.datasets.examples import DataError
    from playground.export.bundle import to_zip
    from playground.export.failure import ExportError
    from playground.spec import SpecError

    contents, missing = [], []
    for name, entry in FORMATS.items():
        if name == "bundle":
            continue
        if entry.needs_weights and source.weights is None:
            missing.append((entry.title, "the network is not trained yet"))
            continue
        try:
            contents.append((entry.file, entry.help, entry.export(source)))
        except (SpecError, ExportError, DataError) as error:
            missing.append((entry.title, str(error)))
    return to_zip(source.spec, contents, missing)


FORMATS: dict[str, Format] = {
    "script": Format("Python script", "train.py", "Plain PyTorch code that trains this network anywhere", "text/x-python", _script),
    "notebook": Format(
        "Jupyter notebook", "train.ipynb", "The same code in steps, with plots, for Jupyter or Colab", "application/x-ipynb+json", _notebook
    ),
    "weights": Format(
        "Weights", "model.safetensors", "The trained weights for PyTorch (safetensors)", "application/octet-stream", _weights,
        weights="needed", is_text=False,
    ),
    "onnx": Format(
        "ONNX model", "model.onnx", "The network for other frameworks, phones and browsers", "application/octet-stream", _onnx,
        weights="used", is_text=False, vocabulary=True,
    ),
    "card": Format(
        "Model card", "model-card.md", "Training data, results and limits of the network (Markdown)", "text/markdown", _card,
        weights="used", needs_network=False,
    ),
    "diagram_svg": Format(
        "Diagram (SVG)", "network.svg", "A diagram of the network for documents and slides", "image/svg+xml", _diagram_svg,
        needs_network=False,
    ),
    "diagram_png": Format(
        "Diagram (PNG)", "network.png", "The same diagram as an image, for any program", "image/png", _diagram_png,
        needs_network=False, is_text=False,
    ),
    "spec": Format(
        "Settings", "experiment.json", "All settings, in a file that the playground can open", "application/json", _spec,
        needs_network=False,
    ),
    "link": Format("Share link", "link.txt", "A link that opens these settings in the app", "text/plain", _link, needs_network=False),
    "bundle": Format(
        "Everything", "experiment.zip", "All of these in one archive, with any data you uploaded", "application/zip", _bundle,
        weights="used", needs_network=False, is_text=False, vocabulary=True,
    ),
}  # fmt: skip
"""In menu order."""
