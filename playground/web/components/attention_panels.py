"""The panels below the attention maps. Each follows what is given and chosen there (`assets/js/attention_session.js`), and asks the server
over the same socket while it is on the screen."""

from playground.web.components.loader import component


def attention_heads(address: str, *, key: str) -> None:
    """Cut heads of the network at this address, and all heads ranked. Root: `.pg-heads` (data-cut, data-ranked)."""
    component("attention_heads")(key=key, data={"address": address})


def attention_arithmetic(address: str, *, key: str) -> None:
    """The arithmetic of the chosen token. Root: `.pg-arithmetic` (data-layer, data-head, data-token)."""
    component("attention_arithmetic")(key=key, data={"address": address})


def attention_beside(address: str, *, key: str) -> None:
    """Attention beside an attribution of the same input. Root: `.pg-beside` (data-method, data-correlation)."""
    component("attention_beside")(key=key, data={"address": address})
