"""A network as a line of text, `conv 32 3 | relu | pool | flatten | dense 10`, and back.

A layer is its name, its main settings in the order of their form, and any setting as `name=value`. Several texts are one value in quotes:
`features "x1, x2^2"`. Layers are parted by `|` or a new line.
Blocks hold their layers in brackets, branches parted by `;`: `residual(conv 32 | relu)`,
`parallel(conv 8 1 ; conv 16 3 | relu ; join=add)`. The text says every layer
there is: none is added, so that a part of a network can be copied as well as the whole."""

from playground.shorthand.reader import ShorthandError, read
from playground.shorthand.writer import write

__all__ = ["ShorthandError", "read", "write"]
