"""Who may read uploaded data: those who uploaded it, and those with a link that carries the permission of one of them. The hash of data is
a name, not a secret."""

import secrets
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from sqlalchemy import delete, select, update

from playground.runs.database import Database
from playground.runs.tables import UploadClaim, utc

_CHARACTERS = 22
_NOBODY = ""


class Access:
    """Claims of owners to uploaded data, by its hash. Safe to use from any thread.

    open_to_all: whether data that nobody has claimed, which was uploaded to an earlier version, may be read by all who know its hash.
    Raises (every method): StoreError if the database refuses."""

    def __init__(self, database: Database, open_to_all: bool) -> None:
        self._database = database
        self._open_to_all = open_to_all

    def claim(self, key: str, owner: str, size: int = 0) -> None:
        """The owner has uploaded this data. size: bytes of its files."""
        with self._database.session() as session:
            if session.get(UploadClaim, (key, owner)) is None:
                session.add(UploadClaim(key=key, owner=owner, created=datetime.now(UTC), bytes=size))

    def release(self, key: str, owner: str) -> None:
        """The owner gives up the data and revokes their permission. Data without an owner is not open to all."""
        self._release(owner, [key])

    def release_all(self, owner: str) -> None:
        """The same for all data of an owner."""
        self._release(owner, self.keys(owner))

    def keys(self, owner: str) -> Sequence[str]:
        """Of all data of an owner."""
        with self._database.session() as session:
            return session.scalars(select(UploadClaim.key).where(UploadClaim.owner == owner)).all()

    def sizes(self, owner: str) -> dict[str, int]:
        """The bytes of all data of an owner; 0 where an earlier version stored it."""
        with self._database.session() as session:
            rows = session.execute(select(UploadClaim.key, UploadClaim.bytes).where(UploadClaim.owner == owner))
            return {key: size or 0 for key, size in rows}

    def hand_over(self, before: str, after: str) -> None:
        """Gives all data of one owner to another. Links of the first stay valid, unless the second has uploaded the same data."""
        with self._database.session() as session:
            also_theirs = select(UploadClaim.key).where(UploadClaim.owner == after)
            session.execute(delete(UploadClaim).where(UploadClaim.owner == before, UploadClaim.key.in_(also_theirs)))
            session.execute(update(UploadClaim).where(UploadClaim.owner == before).values(owner=after))

    def given_up(self) -> dict[str, datetime]:
        """Data whose owners have all given it up, and when. Kept for good, so that such data never becomes open to all."""
        owned = select(UploadClaim.key).where(UploadClaim.owner != _NOBODY)
        of_nobody = select(UploadClaim.key, UploadClaim.created).where(UploadClaim.owner == _NOBODY, UploadClaim.key.not_in(owned))
        with self._database.session() as session:
            return {key: utc(created) for key, created in session.execute(of_nobody)}

    def _release(self, owner: str, keys: Collection[str]) -> None:
        with self._database.session() as session:
            session.execute(delete(UploadClaim).where(UploadClaim.key.in_(keys), UploadClaim.owner == owner))
            for key in keys:
                session.merge(UploadClaim(key=key, owner=_NOBODY, created=datetime.now(UTC)))

    def owns(self, key: str, owner: str) -> bool:
        """Whether this owner has uploaded the data."""
        with self._database.session() as session:
            return session.get(UploadClaim, (key, owner)) is not None

    def may_read(self, key: str, owner: str, links: Collection[str] = ()) -> bool:
        """Whether somebody may read the data. links: what the links that they have opened carry."""
        with self._database.session() as session:
            claims = session.execute(select(UploadClaim.owner, UploadClaim.link).where(UploadClaim.key == key)).all()
        if not claims:
            return self._open_to_all
        return any(claim.owner == owner != _NOBODY or (claim.link is not None and claim.link in links) for claim in claims)

    def link(self, key: str, owner: str) -> str | None:
        """What a link must carry so that others may read the data, the same each time; None if the owner has not uploaded it."""
        with self._database.session() as session:
            claim = session.get(UploadClaim, (key, owner))
            if claim is None:
                return None
            claim.link = claim.link or secrets.token_urlsafe(_CHARACTERS)[:_CHARACTERS]
            return claim.link

    def is_shared(self, key: str, owner: str) -> bool:
        """Whether the owner has made a link that carries their permission."""
        with self._database.session() as session:
            claim = session.get(UploadClaim, (key, owner))
            return claim is not None and claim.link is not None

    def take_back(self, key: str, owner: str) -> None:
        """Revokes the permission that links of this owner carry."""
        with self._database.session() as session:
            session.execute(update(UploadClaim).where(UploadClaim.key == key, UploadClaim.owner == owner).values(link=None))
