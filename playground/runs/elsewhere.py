"""Runs that other servers of the same database compute, as this server knows them: it passes on commands to them and shows what is new; and
this server's own runs, as others ask for them."""

import math
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from playground.runs.info import RunNotFound
from playground.runs.mirror import Mirror
from playground.runs.records import Records
from playground.runs.relay import SECONDS, Action, News
from playground.runs.servers import BEAT_SECONDS
from playground.runs.timeline import Timeline

_WATCH_SECONDS = 4.0
"""How often another server is told that somebody still watches."""
_WATCHED_SECONDS = 12.0
"""For how long it then believes so."""


@dataclass
class _Watched:
    """A run that somebody watches here and this server does not compute. mirror: once it is needed. asked: when the server that computes
    it was last told."""

    news: News
    mirror: Mirror | None = None
    asked: float = field(default=-_WATCH_SECONDS)


class Elsewhere:
    """records: of this server. obey: follows a command to a run of this server. adopt: continues the runs of servers that are gone. watch:
    called with a run of this server that is watched on another one, and with whether it still is. changed: called with a run when there is
    something new about it; the caller of `look` notifies its watchers afterwards.

    Any thread may call any method. Raises (most methods): StoreError if the database refuses."""

    def __init__(
        self,
        records: Records,
        obey: Callable[[str, Action, str], None],
        adopt: Callable[[], None],
        watch: Callable[[str, bool], None],
        changed: Callable[[str], None],
    ) -> None:
        self._records = records
        self._obey, self._adopt, self._watch, self._changed = obey, adopt, watch, changed
        self._lock = threading.Lock()
        self._watched: dict[str, _Watched] = {}
        self._watched_there: dict[str, float] = {}
        """Runs of this server that are watched on another one, until when."""
        self._adopts_at = -math.inf

    def send(self, run_id: str, action: Action, argument: str = "") -> bool:
        """Passes on a command. Returns whether another server computes the run, or has it in memory.

        The state in the database does not matter: an earlier command may be on its way, and a server ignores what comes too late."""
        opened = self._records.open()
        news = opened.relay.news([run_id]).get(run_id)
        if news is None or opened.servers.is_gone(news.server) or news.server == opened.servers.name:
            return False
        self._pass_on({run_id: news.server}, action, argument)
        return True

    def send_to_all(self, run_ids: Collection[str], action: Action) -> None:
        """Passes on a command to the servers that compute these runs, or have them in memory."""
        opened = self._records.open()
        servers = {run_id: news.server for run_id, news in opened.relay.news(run_ids).items()}
        self._pass_on({run_id: server for run_id, server in servers.items() if server != opened.servers.name}, action)

    def _pass_on(self, servers: Mapping[str, str], action: Action, argument: str = "") -> None:
        opened = self._records.open()
        opened.relay.send(servers, action, argument)
        for server in set(servers.values()):
            opened.wakeups.tell(server)

    def timeline(self, run_id: str) -> Timeline | None:
        """Of a run that is watched here while another server computes it; None for all others."""
        with self._lock:
            watched = self._watched.get(run_id)
            if watched is None or (watched.mirror is None and watched.news.state.ended):
                return None
            if watched.mirror is None:
                watched.mirror = self._records.archive.mirror(run_id)
            return watched.mirror.timeline

    def follow(self, run_id: str) -> None:
        """From now on somebody watches this run here, which this server does not compute. Raises: RunNotFound."""
        opened = self._records.open()
        news = opened.relay.news([run_id]).get(run_id)
        if news is None:
            raise RunNotFound
        with self._lock:
            self._watched.setdefault(run_id, _Watched(news))
        opened.courier.wake()

    def unfollow(self, run_id: str) -> None:
        """Ends what `follow` began: nobody watches the run here, or this server computes it now."""
        with self._lock:
            self._watched.pop(run_id, None)

    def concerns(self, name: str) -> bool:
        """Whether something about this server, or this run, is of interest here."""
        return name in self._watched or name == self._records.server

    def is_watched_there(self, run_id: str) -> bool:
        """Whether another server shows this run to somebody."""
        return run_id in self._watched_there

    def tell(self, run_id: str) -> None:
        """A run has been written: other servers that show it can look."""
        self._records.open().wakeups.tell(run_id)

    def seconds(self) -> float:
        """How long to wait until the next `look`, unless the database notifies this server."""
        opened = self._records.open()
        if self._watched_there:
            return SECONDS
        return BEAT_SECONDS if opened.servers.alone or opened.wakeups.listening else SECONDS

    def look(self) -> None:
        """Continues what servers that are gone have left, follows what other servers have sent, and looks for what is new about runs that
        are watched here."""
        opened, now = self._records.open(), time.monotonic()
        if now >= self._adopts_at:
            self._adopts_at = now + BEAT_SECONDS
            self._adopt()
            for name in opened.servers.gone():
                opened.servers.forget(name)
        ours = [name for name in opened.relay.addressees() if name == opened.servers.name or opened.servers.is_gone(name)]
        for run_id, action, argument in opened.relay.take(ours):
            if action == "watch":
                self._watched_there[run_id] = now + _WATCHED_SECONDS
                self._watch(run_id, True)
            else:
                self._obey(run_id, action, argument)
        for run_id in [run_id for run_id, until in self._watched_there.items() if until < now]:
            del self._watched_there[run_id]
            self._watch(run_id, False)
        if self._watched_there:
            opened.writer.wake()
        self._look_at_watched()

    def _look_at_watched(self) -> None:
        with self._lock:
            watched = dict(self._watched)
        if not watched:
            return
        opened, now = self._records.open(), time.monotonic()
        news = opened.relay.news(watched)
        for run_id, run in watched.items():
            latest = news.get(run_id)
            if latest is None:  # deleted: whoever asks now is told
                self.unfollow(run_id)
                self._changed(run_id)
            elif latest != run.news:
                if run.mirror is not None:
                    run.mirror.update()
                run.news = latest
                self._changed(run_id)
            elsewhere = latest is not None and not latest.state.ended and latest.server != opened.servers.name
            if latest is not None and elsewhere and now - run.asked >= _WATCH_SECONDS:
                run.asked = now
                self._pass_on({run_id: latest.server}, "watch")
