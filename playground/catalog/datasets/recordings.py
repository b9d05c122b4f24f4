"""Recordings of people, included in sktime: which class does a whole sequence belong to?"""

from typing import ClassVar, Literal

from pydantic import Field

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Data
from playground.catalog.encodings import Encoding, SequenceEncoding
from playground.catalog.sequences.recordings import recordings
from playground.catalog.tasks import Binary, Multiclass, Task


class Recordings(Dataset):
    """Sequences of measurements, split into training and test set by those who recorded them."""

    folder: ClassVar[str]
    """Name of the files, and of their folder."""
    labels: ClassVar[tuple[str, ...]]
    """The classes as the files name them, in the order of `classes`."""
    length: ClassVar[int]
    """Steps of the longest recording."""
    features: ClassVar[tuple[str, ...]]
    """What is measured at every step."""

    standardise: bool = Field(True, title="Standardize", description="Scale every feature to mean 0 and standard deviation 1")

    @property
    def feature_names(self) -> tuple[str, ...]:
        return self.features

    def examples(self) -> Data:
        train = recordings(f"{self.folder}/{self.folder}_TRAIN.ts", self.labels, self.length, len(self.features))
        test = recordings(f"{self.folder}/{self.folder}_TEST.ts", self.labels, self.length, len(self.features))
        return Data(train, test)


class JapaneseVowels(Recordings):
    """Speech: nine men say the vowels “ae”. Who is speaking?

    Each utterance is a sequence of 7 to 29 steps with 12 numbers that describe the sound (cepstrum coefficients of a linear prediction)."""

    title: ClassVar[str] = "Speakers (Japanese vowels)"
    source: ClassVar[str] = "Kudo, Toyama and Shimbo 1999, Pattern Recognition Letters 20:1103; included in sktime"
    license: ClassVar[str] = "CC BY 4.0, UCI Machine Learning Repository"
    task: ClassVar[Task] = Multiclass()
    classes: ClassVar[tuple[str, ...]] = tuple(f"Speaker {number}" for number in range(1, 10))
    target_title: ClassVar[str] = "Speaker"
    encoding: ClassVar[Encoding] = SequenceEncoding(29, 12, varies=True)
    folder: ClassVar[str] = "JapaneseVowels"
    labels: ClassVar[tuple[str, ...]] = tuple("123456789")
    length: ClassVar[int] = 29
    features: ClassVar[tuple[str, ...]] = tuple(f"Coefficient {number}" for number in range(1, 13))

    kind: Literal["japanese_vowels"] = "japanese_vowels"


class BasicMotions(Recordings):
    """Time series of a smart watch: what is its wearer doing? Ten seconds of acceleration and rotation, ten times a second.

    Only 40 recordings for training and 40 for testing: a small network is enough, a large one memorizes them."""

    title: ClassVar[str] = "Activities (smart watch)"
    source: ClassVar[str] = "Clements 2016, in Bagnall et al. 2018, arXiv:1811.00075 (UEA archive); included in sktime"
    license: ClassVar[str] = "No license is stated; published for research in the UEA archive"
    task: ClassVar[Task] = Multiclass()
    classes: ClassVar[tuple[str, ...]] = ("standing", "running", "walking", "badminton")
    target_title: ClassVar[str] = "Activity"
    encoding: ClassVar[Encoding] = SequenceEncoding(100, 6)
    folder: ClassVar[str] = "BasicMotions"
    labels: ClassVar[tuple[str, ...]] = ("Standing", "Running", "Walking", "Badminton")
    length: ClassVar[int] = 100
    features: ClassVar[tuple[str, ...]] = (
        "Acceleration x", "Acceleration y", "Acceleration z", "Rotation x", "Rotation y", "Rotation z",
    )  # fmt: skip

    kind: Literal["basic_motions"] = "basic_motions"


class GunPoint(Recordings):
    """Time series of a hand: does it draw a gun, or point with a finger? The horizontal position over 150 steps.

    Almost the whole movement is the same; what differs is a small dip where the gun returns to its holster."""

    title: ClassVar[str] = "Hand movements (GunPoint)"
    source: ClassVar[str] = "Ratanamahatana and Keogh 2004, SIAM SDM:11 (UCR archive); included in sktime"
    license: ClassVar[str] = "No license is stated; published for research in the UCR archive"
    task: ClassVar[Task] = Binary()
    classes: ClassVar[tuple[str, ...]] = ("draws a gun", "points")
    target_title: ClassVar[str] = "Movement"
    encoding: ClassVar[Encoding] = SequenceEncoding(150, 1)
    folder: ClassVar[str] = "GunPoint"
    labels: ClassVar[tuple[str, ...]] = ("1", "2")
    length: ClassVar[int] = 150
    features: ClassVar[tuple[str, ...]] = ("Position",)

    kind: Literal["gun_point"] = "gun_point"
