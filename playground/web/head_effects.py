"""What the heads of a network are worth, measured in the background and kept for all visitors.

A measurement is of the weights that the network had when it was started, even if training continues."""

from collections.abc import Hashable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256

from playground.catalog.datasets.examples import DataError
from playground.explain import ExplainError
from playground.explain.cut_effects import WHOLE, Cut, CutEffects, cut_effects
from playground.explain.heads import heads_of
from playground.web.networks import Network
from playground.web.turns import Work, turns


@dataclass(frozen=True)
class Measured:
    """How far a measurement is. key: by which to ask for it again. share: that is done, None if it is not in progress. effects: None if it
    is not done. With neither share nor effects it is lost, and can be started again."""

    key: str
    share: float | None
    effects: CutEffects | None


def measure(who: str, network: Network, heads: Cut | None) -> Measured:
    """Starts measuring the network without these heads, or with each head cut alone, and in both cases as it is. What was measured for the
    same person before ends.

    Raises: ExplainError if the network has no such heads."""
    known = set(heads_of(network.run.spec))
    if heads is not None and not heads <= known:
        raise ExplainError("This network does not have these heads.")
    every = _key(network, "every")
    if heads is not None and len(heads) == 1:
        with suppress(ExplainError, DataError):
            if turns().result(every) is not None:
                return Measured(every, None, turns().result(every))
    cuts = dict.fromkeys((WHOLE, heads) if heads is not None else (WHOLE, *(frozenset({head}) for head in sorted(known))))
    key = every if heads is None else _key(network, tuple(sorted(heads)))
    turns().start(who, key, lambda: _work(network, tuple(cuts)))
    return follow(who, key)


def follow(who: str, key: str) -> Measured:
    """How far a measurement is; to be called again and again by those who wait for it. Raises: ExplainError or DataError if it failed."""
    share = turns().progress(who, key)
    return Measured(key, share, turns().result(key))


def stop(who: str) -> None:
    """Ends what is measured for this person, unless others wait for it too."""
    turns().cancel(who)


def _work(network: Network, cuts: tuple[Cut, ...]) -> Work:
    return (yield from cut_effects(network.run.spec, network.run.model, network.data, cuts))


def _key(network: Network, cut: Hashable) -> str:
    return sha256(repr((str(network.run.directory), network.stamp, network.run.step, cut)).encode()).hexdigest()[:32]
