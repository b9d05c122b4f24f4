"""Initial settings of a new layer: a block starts with layers that fit its input, so that it can be trained right away."""

from playground.catalog.layers import BatchNorm, Conv1d, Conv2d, Dense, Layer, Parallel, ReLU, Residual, Shape, Tanh

_MOST_UNITS = 64
_MOST_DENSE = 8192
_FEWEST_CHANNELS, _MOST_CHANNELS = 8, 1024


def starter(variant: type[Layer], shape: Shape | None) -> Layer:
    """A new layer of this kind for examples of this shape, None if unknown. Layers other than blocks have default settings."""
    if shape is None:
        return variant()
    if variant is Residual:
        return Residual(layers=_difference(shape))
    if variant is Parallel:
        return Parallel(branch=_side_by_side(shape))
    return variant()


def _difference(shape: Shape) -> tuple[Layer, ...]:
    """As in He et al. 2016, figure 2; the shape is kept, so that the shortcut is the identity wherever the size allows it."""
    if len(shape) == 1:
        units = min(shape[0], _MOST_UNITS)
        return Dense(units=units), ReLU(), Dense(units=min(shape[0], _MOST_DENSE))
    filters, convolution = min(shape[0], _MOST_CHANNELS), _convolution(shape)
    return convolution(filters=filters), BatchNorm(), ReLU(), convolution(filters=filters), BatchNorm()


def _side_by_side(shape: Shape) -> tuple[tuple[Layer, ...], ...]:
    """Filters of two sizes, as in Szegedy et al. 2015, with about as many channels in total as the input; for vectors two activations."""
    if len(shape) == 1:
        units = min(max(_FEWEST_CHANNELS, shape[0] // 2), _MOST_UNITS)
        return (Dense(units=units), ReLU()), (Dense(units=units), Tanh())
    filters, convolution = min(max(_FEWEST_CHANNELS, shape[0] // 2), _MOST_CHANNELS), _convolution(shape)
    return (convolution(filters=filters, kernel=1), ReLU()), (convolution(filters=filters, kernel=3), ReLU())


def _convolution(shape: Shape) -> type[Conv1d] | type[Conv2d]:
    return Conv1d if len(shape) == 2 else Conv2d
