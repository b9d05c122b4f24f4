"""Middle column: the network of the run on the screen while it learns."""

from playground.training import declarations
from playground.training.views import NetworkPicture
from playground.web import session
from playground.web.components.network_picture import network_picture as picture
from playground.web.current import Current


def network_picture(shown: Current | None) -> None:
    """As soon as there is a run. A link that hides the network or the output hides the picture, which would show both."""
    limits = session.limits()
    if shown is None or limits.hides("network") or limits.hides("output"):
        return
    view = declarations(shown.info.spec).view(NetworkPicture.name)
    if view is not None:
        picture(shown.address, view, key="network_picture")
