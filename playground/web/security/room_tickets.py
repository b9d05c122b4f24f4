"""What a page shows to follow a room: who it is, signed, so that it works without cookies, too. What an owner may see in the room is looked
up each time."""

from playground.web.security.signing import keys, sign, signed

_PURPOSE = "room"


def new_ticket(code: str, owner: str) -> str:
    """A ticket for a page of this owner, to follow this room."""
    return sign(f"{code}.{owner}", _PURPOSE, keys()[0])


def owner_of_ticket(ticket: str, code: str) -> str:
    """The owner to whom the ticket was given, "" if it is none of ours, or for another room."""
    for key in keys():
        found = signed(ticket, _PURPOSE, key)
        if found is not None:
            for_code, _, owner = found[0].partition(".")
            return owner if for_code == code else ""
    return ""
