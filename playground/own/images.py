"""Images that users bring, in classes: a ZIP with a folder for each, or loose files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class ImageChoices:
    """What the images are to become.

    side: width and height. resize: fit shows the whole image on the background, crop its middle square, stretch all of it distorted.
    colour: red, green and blue, or one grey. background: behind what is transparent, and beside what does not fill the square.
    labels: the class of each loose image by its file name; without it the beginning of the name is its class (cat_1.png → cat)."""

    side: int = 32
    resize: Literal["fit", "crop", "stretch"] = "fit"
    colour: bool = True
    background: Literal["white", "black"] = "white"
    labels: Mapping[str, str] = field(default_factory=dict)
    called: str = ""
    test_share: float = 0.2
    seed: int = 0
