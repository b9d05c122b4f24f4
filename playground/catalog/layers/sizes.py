"""The largest tensor that a layer may give or hold."""

MAX_NUMBERS = 10**9
"""4 GB of float32, of one example or of weights. What is larger is no network that somebody wants to train here, and whatever is worked
out from its size (how it can be laid out as maps, which sizes divide it) would keep the server busy for others."""


class TooLargeError(ValueError):
    """A layer that would give or hold more."""


def check_numbers(count: int, what: str) -> None:
    """what: as in "it would give". Raises: TooLargeError."""
    if count > MAX_NUMBERS:
        raise TooLargeError(f"{what} {count:,} numbers; at most {MAX_NUMBERS:,} are possible here")
