"""What a preset is, and how one is found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from playground.catalog.layers import Layer
from playground.spec import ExperimentSpec

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Preset:
    """A named experiment. help: one sentence, what there is to see. keywords: words that people look for when they mean it, besides those
    of its name, title and help, of its dataset and of its layers' titles."""

    name: str
    title: str
    help: str
    spec: ExperimentSpec
    keywords: str = ""

    def matches(self, text: str) -> bool:
        """Whether every word of a search is the beginning of one of its words; upper and lower case are the same."""
        layers = (layer.title for layer in _every(self.spec.network))
        data = self.spec.data
        about = (self.name, self.title, self.help, self.keywords, data.title, data.encoding.title, *layers)
        words = _words(" ".join(about))
        return all(any(word.startswith(start) for word in words) for start in _words(text))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _every(layers: tuple[Layer, ...]) -> Iterator[Layer]:
    """All layers, including those inside blocks."""
    for layer in layers:
        yield layer
        for _, inside in layer.branches():
            yield from _every(inside)
