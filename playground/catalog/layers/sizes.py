"""The largest tensor that a layer may output or contain."""

MAX_NUMBERS = 10**9
"""4 GB of float32, for one example or for weights. Nobody wants to train anything larger here, and what is computed from sizes (such as
their divisors) would keep the server busy."""


class TooLargeError(ValueError):
    """A layer that would output or contain more."""


def check_numbers(count: int, what: str) -> None:
    """what: such as "its output would have". Raises: TooLargeError."""
    if count > MAX_NUMBERS:
        raise TooLargeError(f"{what} {count:,} numbers; at most {MAX_NUMBERS:,} are allowed")
