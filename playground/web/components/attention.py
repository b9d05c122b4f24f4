"""The attention maps of a network, for an input that is typed, drawn or picked."""

from collections.abc import Sequence

from playground.web.components.loader import component


def attention_maps(address: str, ways: Sequence[str], hint: str, *, key: str) -> None:
    """Input, prediction and maps of the network at this address; all of it goes over the socket `/attention/{address}`.

    ways: how an input can be given, as `attention_inputs.ways` says. hint: what can be typed, shown while nothing is.
    Root: `.pg-attention` (data-layer, data-head, data-token, data-step, data-frames, data-latency-ms). What is given and chosen is shared
    with the other components of the page in the browser (`assets/js/attention_session.js`)."""
    component("attention")(key=key, data={"address": address, "ways": list(ways), "hint": hint})
