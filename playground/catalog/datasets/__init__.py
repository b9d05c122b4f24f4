"""Datasets, in menu order."""

from typing import TYPE_CHECKING

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.blobs import Gaussian, ThreeBlobs
from playground.catalog.datasets.breast_cancer import BreastCancer
from playground.catalog.datasets.cifar10 import Cifar10
from playground.catalog.datasets.circle import Circle
from playground.catalog.datasets.curve import Curve
from playground.catalog.datasets.diabetes import Diabetes
from playground.catalog.datasets.digits8 import Digits8
from playground.catalog.datasets.downloaded import Downloaded, NotDownloadedError
from playground.catalog.datasets.examples import Data, DataError, Split
from playground.catalog.datasets.images import Images
from playground.catalog.datasets.iris import Iris
from playground.catalog.datasets.mnist import FashionMnist, Kmnist, Mnist
from playground.catalog.datasets.mnist_sample import MnistSample
from playground.catalog.datasets.moons import Moons
from playground.catalog.datasets.noisy_digits import NoisyDigits
from playground.catalog.datasets.own_digits import OwnDigits
from playground.catalog.datasets.own_images import OwnImages
from playground.catalog.datasets.own_points import OwnPoints
from playground.catalog.datasets.own_series import OwnSeries
from playground.catalog.datasets.own_table import OwnTable
from playground.catalog.datasets.own_text import OwnCorpus, OwnText
from playground.catalog.datasets.points import Points
from playground.catalog.datasets.puzzles import Adding, Brackets, Parity, Rearranging
from playground.catalog.datasets.recordings import BasicMotions, GunPoint, JapaneseVowels
from playground.catalog.datasets.series import Airline, Heartbeats, Waves
from playground.catalog.datasets.shapes import Shapes
from playground.catalog.datasets.spiral import Spiral
from playground.catalog.datasets.surfaces import MultiGauss, Plane
from playground.catalog.datasets.tables import Tables
from playground.catalog.datasets.texts import PythonDocs, Sentences
from playground.catalog.datasets.wine import Wine
from playground.catalog.datasets.xor import Xor
from playground.catalog.variant import Registry

DATASETS: Registry[Dataset] = Registry(
    "dataset",
    MnistSample,
    Digits8,
    NoisyDigits,
    Shapes,
    Mnist,
    FashionMnist,
    Kmnist,
    Cifar10,
    Circle,
    Xor,
    Gaussian,
    Spiral,
    Moons,
    ThreeBlobs,
    Plane,
    MultiGauss,
    Curve,
    Iris,
    Wine,
    BreastCancer,
    Diabetes,
    JapaneseVowels,
    BasicMotions,
    GunPoint,
    Waves,
    Airline,
    Heartbeats,
    Adding,
    Parity,
    Brackets,
    Rearranging,
    Sentences,
    PythonDocs,
    OwnTable,
    OwnText,
    OwnCorpus,
    OwnSeries,
    OwnImages,
    OwnPoints,
    OwnDigits,
)

if TYPE_CHECKING:
    AnyDataset = Dataset
else:
    AnyDataset = DATASETS.union()

__all__ = [
    "DATASETS", "Adding", "Airline", "AnyDataset", "BasicMotions", "Brackets", "BreastCancer", "Cifar10", "Circle", "Curve", "Data",
    "DataError", "Dataset", "Diabetes", "Digits8", "Downloaded", "FashionMnist", "Gaussian", "GunPoint", "Heartbeats", "Images", "Iris",
    "JapaneseVowels", "Kmnist", "Mnist", "MnistSample", "Moons", "MultiGauss", "NoisyDigits", "NotDownloadedError", "OwnCorpus",
    "OwnDigits", "OwnImages", "OwnPoints", "OwnSeries", "OwnTable", "OwnText", "Parity", "Plane", "Points", "PythonDocs", "Rearranging",
    "Sentences", "Shapes", "Spiral", "Split", "Tables", "ThreeBlobs", "Waves", "Wine", "Xor",
]  # fmt: skip
