"""Initial settings of a new layer: a block starts with layers that fit its input, so that it can be trained right away, and input features
with the features as they are, so that nothing is lost."""

from playground.catalog.layers import BatchNorm, Conv1d, Conv2d, Dense, Features, Layer, Parallel, ReLU, Residual, Tanh
from playground.catalog.layers.features import unchanged
from playground.catalog.tensors import SEQUENCE, VECTOR, TensorSpec

_MOST_UNITS = 64
_MOST_DENSE = 8192
_FEWEST_CHANNELS, _MOST_CHANNELS = 8, 1024


def starter(variant: type[Layer], x: TensorSpec | None) -> Layer:
    """A new layer of this kind for such examples, None if unknown. Most layers have default settings."""
    if x is None:
        return variant()
    if variant is Residual:
        return Residual(layers=_difference(x))
    if variant is Parallel:
        return Parallel(branch=_side_by_side(x))
    if variant is Features and Features.fits(x):
        return Features(formulas=unchanged(x.depth))
    return variant()


def _difference(x: TensorSpec) -> tuple[Layer, ...]:
    """As in He et al. 2016, figure 2; the shape is kept, so that the shortcut is the identity wherever the size allows it."""
    if x.names == VECTOR:
        units = min(x.depth, _MOST_UNITS)
        return Dense(units=units), ReLU(), Dense(units=min(x.depth, _MOST_DENSE))
    filters, convolution = min(x.depth, _MOST_CHANNELS), _convolution(x)
    return convolution(filters=filters), BatchNorm(), ReLU(), convolution(filters=filters), BatchNorm()


def _side_by_side(x: TensorSpec) -> tuple[tuple[Layer, ...], ...]:
    """Filters of two sizes, as in Szegedy et al. 2015, with about as many channels in total as the input; for vectors two activations."""
    if x.names == VECTOR:
        units = min(max(_FEWEST_CHANNELS, x.depth // 2), _MOST_UNITS)
        return (Dense(units=units), ReLU()), (Dense(units=units), Tanh())
    filters, convolution = min(max(_FEWEST_CHANNELS, x.depth // 2), _MOST_CHANNELS), _convolution(x)
    return (convolution(filters=filters, kernel=1), ReLU()), (convolution(filters=filters, kernel=3), ReLU())


def _convolution(x: TensorSpec) -> type[Conv1d] | type[Conv2d]:
    return Conv1d if x.names == SEQUENCE else Conv2d
