"""A visitor's runs on another device, and a computer that is to forget them."""

from collections.abc import Sequence

import segno
import streamlit as st

from playground.runs.database import StoreError
from playground.runs.overview import Overview
from playground.web import own_runs, session
from playground.web.components.posting import posting
from playground.web.links import app_address
from playground.web.panels.standing_dialog import close, opener
from playground.web.security.device_links import VALID_MINUTES, LinkError, new_link, read_link
from playground.web.security.owner import is_anonymous
from playground.web.server import runs

_DEVICE, _LEAVE, _LINK = "device", "leave", "device.link"


def arriving() -> None:
    """For a browser that opens such a link: asks whether to use it, or says why that is not possible."""
    token = st.query_params.get("device")
    if not token:
        return
    try:
        link = read_link(token)
    except (LinkError, StoreError) as error:
        st.error(str(error), icon=":material/link_off:")
        return
    owner = session.owner()
    if link.owner == owner:
        st.info("This browser has these runs already. Open the link on the other device.", icon=":material/devices:")
        return
    with st.container(border=True, key="pg-device-arriving"):
        theirs, here = (len(runs().overviews(each, own_runs.MOST_LISTED)) for each in (link.owner, owner))
        st.markdown(
            f"**Use the runs of your other device here?** {_runs(theirs)} will be listed in this browser too, and what you train here will "
            f"be listed there. Continue only if you made this link yourself."
        )
        if here:
            st.markdown(f"This browser already has {_runs(here).lower()}. Bring them along, or they will no longer be listed here.")
            posting("Use these runs here, and bring mine along", "device/join?bring", body=token, then="runs", key="device_join_bring")
        posting(
            "Use these runs here" if not here else "Use these runs here, without mine",
            "device/join",
            body=token,
            then="runs",
            key="device_join",
        )


def another_device(overviews: Sequence[Overview], popover: str) -> None:
    """A button for a dialog with a link that shows the same runs in another browser. popover: as for `opener`."""
    owner = session.owner()
    if not is_anonymous(owner):
        return  # an account has its runs everywhere, and a visit without cookies has nothing that could be found again
    if opener(_DEVICE, "Use my runs on another device", ":material/devices:", "A link that works once, within a few minutes", popover):
        if session.choice(_LINK, None) is None:
            session.choose(_LINK, new_link(owner))
        _device_dialog(len(overviews))


@st.dialog("Use my runs on another device", icon=":material/devices:", on_dismiss=lambda: _forget_link())
def _device_dialog(count: int) -> None:
    link = f"{app_address()}/runs?device={session.choice(_LINK, '')}"
    st.markdown(
        f"Open this link in the other browser: {_runs(count).lower()} and everything you train later will be listed in both. It works "
        f"once, within {VALID_MINUTES} minutes. Don't share it: anyone who opens it can see, change and delete your runs."
    )
    st.code(link, language=None, wrap_lines=True)
    picture = segno.make(link, micro=False).svg_data_uri(scale=4, border=2, dark="#000", light="#fff")
    st.html(f'<img class="pg-qr" alt="The link as a QR code" src="{picture}">')


def leave(overviews: Sequence[Overview], popover: str) -> None:
    """A button for a dialog in which this browser forgets its owner. popover: as for `opener`."""
    about = "This browser forgets your runs; nothing is deleted"
    if not is_anonymous(session.owner()):
        return
    if opener(_LEAVE, "Leave this computer", ":material/logout:", about, popover):
        _leave_dialog(len(overviews))
    st.caption(f"{about}.")


@st.dialog("Leave this computer", icon=":material/logout:", on_dismiss=lambda: close(_LEAVE))
def _leave_dialog(count: int) -> None:
    st.markdown(
        f"This browser forgets that {_runs(count).lower()} belong{'s' if count == 1 else ''} to you: whoever uses this computer next "
        f"starts with an empty list. Nothing is deleted, and training continues. But **you will not find your runs again**, except on a "
        f"device that lists them too (“Use my runs on another device”), or through links that you have saved."
    )
    posting("Leave this computer", "device/leave", then="", key="device_leave")


def _forget_link() -> None:
    """The next time, there is a new one."""
    close(_DEVICE)
    session.choose(_LINK, None)


def _runs(count: int) -> str:
    return f"{count:,} runs" if count != 1 else "One run"
