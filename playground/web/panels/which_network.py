"""Choosing the network to look at: a pretrained one, or a run of this visit."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from playground.network import caveat
from playground.presets import name_of
from playground.runs import RunNotFound, RunState
from playground.spec import ExperimentSpec
from playground.web import session
from playground.web.own_runs import given_name
from playground.web.pretrained import PRETRAINED, Pretrained
from playground.web.progress import compared_in_words, progress_in_words
from playground.web.server import runs

Refusal = Callable[[ExperimentSpec], str | None]
_FOLLOW_SECONDS = 1.0
_WITHOUT_WEIGHTS = frozenset({RunState.QUEUED, RunState.STARTING, RunState.FAILED, RunState.REFUSED})


@dataclass(frozen=True)
class Choice:
    """A network that can be picked. label: never changes while it can be picked, as the browser knows a choice by nothing else.
    classes: their names. progress: how far it has come, or where it comes from. moving: whether its weights may still change.
    caveat: why what it gives for the classes are no probabilities. compared: what its numbers must beat."""

    address: str
    label: str
    classes: tuple[str, ...]
    progress: str = ""
    moving: bool = False
    caveat: str = ""
    compared: str = ""


@dataclass(frozen=True)
class Choices:
    """What can be picked, pretrained networks first; and in sentences, what of this visit cannot be, and why."""

    offered: tuple[Choice, ...]
    refused: tuple[str, ...]

    def default(self) -> Choice:
        """What was picked, if it is among them; else the run on the screen, if it is; else the first one. There must be one."""
        offered = {choice.address: choice for choice in self.offered}
        wanted = (address for address in (session.picked_network(), session.run()) if address in offered)
        return offered[next(wanted, self.offered[0].address)]


def choices(why_not: Refusal) -> Choices:
    """The pretrained networks, the run on the screen, and the runs before it. why_not: a page's reason against an experiment's network."""
    offered = [_pretrained(network) for network in PRETRAINED.values() if why_not(network.spec) is None]
    refused = []
    named = Counter[str]()
    current = session.run()
    for address in dict.fromkeys([*([current] if current else []), *session.runs_of_visit()]):
        try:
            info = runs().info(runs().resolve(address).run_id)
        except RunNotFound:
            continue
        reason = why_not(info.spec)
        if reason is None and (address == current or info.state not in _WITHOUT_WEIGHTS):
            name = f"{'Your run' if address == current else 'Earlier run'}: {given_name(info) or name_of(info.spec)}"
            named[name] += 1
            label = name if named[name] == 1 else f"{name} ({named[name]})"
            moving = not info.state.ended
            offered.append(
                Choice(address, label, info.spec.data.classes, progress_in_words(info), moving, caveat(info.spec), compared_in_words(info))
            )
        elif reason is not None and address == current:
            refused.append(f"Your run is not available here. {reason}")
    return Choices(tuple(offered), tuple(refused))


def which_network(page: str, why_not: Refusal) -> Choice:
    """The menu of networks; what is picked on one page is picked on the others. page: for the widget's key. why_not: its reason against an
    experiment's network, None where there is none; there must be a network without.

    While a run is training, what stands below the menu stays true without anybody doing anything."""
    found = choices(why_not)
    moving = any(choice.moving for choice in found.offered)
    st.fragment(_menu, run_every=_FOLLOW_SECONDS if moving else None)(page, why_not, found.default().address, moving)
    return found.default()


def _pretrained(network: Pretrained) -> Choice:
    return Choice(network.name, network.title, network.spec.data.classes, network.help, caveat=caveat(network.spec))


def _menu(page: str, why_not: Refusal, shown: str, followed: bool) -> None:
    found = choices(why_not)
    if not found.offered:
        st.rerun()
    offered = {choice.address: choice for choice in found.offered}
    default = found.default()
    key = f"{page}-network-{session.run() or 'none'}-{len(offered)}"
    st.selectbox(
        "Network",
        list(offered),
        list(offered).index(default.address),
        format_func=lambda address: offered[address].label if address in offered else "",
        key=key,
        on_change=_picked,
        args=(key,),
        help="The network to use: a pretrained one, or one of your runs, finished or still training.",
    )
    told = " · ".join(filter(None, (default.progress, default.compared)))  # in one line, so that little below moves with the choice
    for sentence in (told, default.caveat, *found.refused):
        if sentence:
            st.caption(sentence)
    if default.address != shown or (followed and not any(choice.moving for choice in found.offered)):
        st.rerun()


def _picked(key: str) -> None:
    address = session.widget(key)
    if address is not None:  # a late call, when the menu has gone with its page, picks nothing
        session.pick_network(address)
