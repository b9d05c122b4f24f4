"""The trained networks that are included with the app, as run directories made by `scripts/make_pretrained.py`."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from playground.opening import load_spec
from playground.spec import ExperimentSpec

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "pretrained"


@dataclass(frozen=True)
class Pretrained:
    """A network of that name. help: one sentence, what it can do."""

    name: str
    title: str
    help: str

    @property
    def directory(self) -> Path:
        return FOLDER / self.name

    @cached_property
    def spec(self) -> ExperimentSpec:
        """The experiment that trained it."""
        return load_spec(self.directory)


_NETWORKS = (
    Pretrained("digits", "Pretrained on digits", "Included with the app: a convolutional network that recognizes handwritten digits."),
    Pretrained("vit_digits", "Pretrained vision transformer", "Included with the app: recognizes handwritten digits by attention."),
    Pretrained("sentiment_attention", "Pretrained on sentences", "Included with the app: tells praise from complaint."),
    Pretrained("reverse_transformer", "Pretrained to reverse", "Included with the app: reverses eight digits."),
    Pretrained("char_gpt", "Pretrained GPT", "Included with the app: continues a text in the style of Python's documentation."),
)

PRETRAINED: dict[str, Pretrained] = {network.name: network for network in _NETWORKS}
"""By name, which is also their address; in the order in which menus offer them."""
