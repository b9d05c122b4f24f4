"""Datasets, in menu order."""

from typing import TYPE_CHECKING

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.blobs import Gaussian, ThreeBlobs
from playground.catalog.datasets.cifar10 import Cifar10
from playground.catalog.datasets.circle import Circle
from playground.catalog.datasets.digits8 import Digits8
from playground.catalog.datasets.downloaded import Downloaded, NotDownloadedError
from playground.catalog.datasets.examples import Data, DataError, Split
from playground.catalog.datasets.images import Images
from playground.catalog.datasets.mnist import FashionMnist, Kmnist, Mnist
from playground.catalog.datasets.mnist_sample import MnistSample
from playground.catalog.datasets.moons import Moons
from playground.catalog.datasets.points import Points
from playground.catalog.datasets.spiral import Spiral
from playground.catalog.datasets.surfaces import MultiGauss, Plane
from playground.catalog.datasets.xor import Xor
from playground.catalog.variant import Registry

DATASETS: Registry[Dataset] = Registry(
    "dataset",
    MnistSample,
    Digits8,
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
)

if TYPE_CHECKING:
    AnyDataset = Dataset
else:
    AnyDataset = DATASETS.union()

__all__ = [
    "DATASETS", "AnyDataset", "Cifar10", "Circle", "Data", "DataError", "Dataset", "Digits8", "Downloaded", "FashionMnist", "Gaussian",
    "Images", "Kmnist", "Mnist", "MnistSample", "Moons", "MultiGauss", "NotDownloadedError", "Plane", "Points", "Spiral", "Split",
    "ThreeBlobs", "Xor",
]  # fmt: skip
