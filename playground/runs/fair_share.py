"""Which runs compute now, and which wait for their turn: fair-share scheduling in time slices.

Pure: it starts and stops nothing, and the time is passed in, in seconds of a monotonic clock."""

import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

SLICE_SECONDS = 0.5
"""How long a run computes while others wait. Shorter slices cost throughput, longer ones make everybody wait."""
PROMPT_SECONDS = 3.0
"""How long a turn may last at most until it shows something, so that a slow network does not keep everybody else waiting."""
_RETURN_SLICES = 4
"""Slices of a turn for which a session has to be started again, so that starting it is worthwhile."""
_PROMPT_TURN_SECONDS = 0.3
"""How long such a turn is expected to last before one was measured."""
_SMOOTHING = 0.2


@dataclass(frozen=True)
class Decision:
    """Runs that should start to compute, and those that should give up their slots as soon as they can (`rested` or `release`)."""

    start: tuple[str, ...]
    rest: tuple[str, ...]


@dataclass(eq=False)
class _Owner:
    """used: slot-seconds since the slots became scarce, or what an owner that came later is put on a level with."""

    used: float
    runs: "list[_Run]" = field(default_factory=list)


@dataclass
class _Turn:
    """A run computes. owner_used, used: as they were at its start. asked: whether it has been asked to rest."""

    since: float
    slice_seconds: float
    owner_used: float
    used: float
    asked: bool = False


@dataclass(eq=False)
class _Run:
    """prompt: somebody waits for what its turn shows. resident: it has a session. away: its session is just ending. returns: a session had
    to be ended for others, and starts again. left: seconds that it will still compute. sleeps_until: it wants no turn before, in slow
    motion."""

    id: str
    owner: _Owner
    slots: int
    order: int
    prompt: bool
    resident: bool
    used: float
    away: bool = False
    returns: bool = False
    left: float = math.inf
    unwatched: bool = False
    sleeps_until: float = -math.inf
    turn: _Turn | None = None


class FairShare:
    """Slots for the runs that compute at the same time; a run occupies as many as it has threads. As long as there are enough, everybody
    computes without interruption. Otherwise

    - owners get the same share, whatever the number of their runs, and the runs of an owner share what it gets: it is the turn of those
      that have had least;
    - a turn lasts one slice, and a prompt turn until something is shown. Prompt turns (a new run, a resumed one, a single step, the last
      evaluation) and runs that one slice would complete go first, as if their owner had had one slice less: owners who ask for more of
      them wait their turn, and nobody starves;
    - runs that nobody watches compute when no other run could.

    Slot-seconds count from the moment when slots became scarce: nobody owes anything for time that nobody else wanted."""

    def __init__(self, slots: int, slice_seconds: float = SLICE_SECONDS, prompt_seconds: float = PROMPT_SECONDS) -> None:
        if slots < 1:
            raise ValueError(f"slots: must be at least 1, got {slots}")
        self._slots, self._slice, self._prompt_limit = slots, slice_seconds, prompt_seconds
        self._runs: dict[str, _Run] = {}
        self._owners: dict[str, _Owner] = {}
        self._order = itertools.count()
        self._now = -math.inf
        self._level = 0.0
        """What an owner has used who comes now."""
        self._prompt_turn = _PROMPT_TURN_SECONDS
        self._starts: dict[str, tuple[int, float]] = {}
        """Of each waiting run: its position, and the expected seconds until its turn."""

    def request(self, run_id: str, owner: str, now: float, *, slots: int = 1, prompt: bool = False, resident: bool = True) -> None:
        """The run wants to compute until `release`. If it waits or computes already, its turn becomes a prompt one if `prompt` says so.

        owner: any string; "" for a run that belongs to nobody else's share. slots: at most all of them."""
        self._charge(now)
        run = self._runs.get(run_id)
        if run is None:
            account = self._owners.setdefault(owner or f"run {run_id}", _Owner(self._level))
            if not account.runs:
                account.used = max(account.used, self._level)
            used = min((other.used for other in account.runs), default=0.0)
            run = _Run(run_id, account, min(slots, self._slots), next(self._order), prompt, resident, used)
            account.runs.append(run)
            self._runs[run_id] = run
            return
        run.sleeps_until = -math.inf
        if prompt:
            run.prompt = True
            if run.turn is not None:
                run.turn.since = now

    def occupies(self, run_id: str, slots: int, now: float) -> None:
        """Corrects the number of slots of a run, which is known once it has started."""
        self._charge(now)
        if run_id in self._runs:
            self._runs[run_id].slots = min(slots, self._slots)

    def release(self, run_id: str, now: float) -> None:
        """The run computes no longer, and does not want to."""
        self._charge(now)
        run = self._runs.pop(run_id, None)
        if run is not None:
            self._measure(run, now)
            run.owner.runs.remove(run)
            self._owners = {name: owner for name, owner in self._owners.items() if owner.runs or owner.used > self._level}
            self._starts.pop(run_id, None)

    def begins(self, run_id: str, now: float) -> None:
        """The turn begins only now: what its process waited for before is not charged."""
        self._charge(now)
        run = self._runs.get(run_id)
        if run is not None and run.turn is not None:
            run.owner.used -= run.used - run.turn.used
            run.turn.since, run.used = now, run.turn.used

    def rested(self, run_id: str, now: float, until: float = -math.inf) -> None:
        """The run has stopped computing, and waits for its next turn, which it wants then."""
        self._charge(now)
        run = self._runs.get(run_id)
        if run is not None and run.turn is not None:
            self._measure(run, now)
            run.turn, run.prompt, run.order, run.sleeps_until = None, False, next(self._order), until

    def leaves(self, run_id: str) -> None:
        """The session of a run that waits is being ended, to make room for another one."""
        if run_id in self._runs:
            self._runs[run_id].away = True

    def left(self, run_id: str) -> None:
        """Its session has ended; it can get another one."""
        run = self._runs.get(run_id)
        if run is not None:
            run.away, run.resident, run.returns = False, False, True

    def shown(self, run_id: str, now: float) -> bool:
        """The run has shown something. Returns whether somebody waited for it."""
        run = self._runs.get(run_id)
        if run is None or run.turn is None or not run.prompt:
            return False
        self._measure(run, now)
        run.prompt = False
        return True

    def keeps(self, run_id: str) -> None:
        """The run will not rest although it was asked to: it has received another command since."""
        run = self._runs.get(run_id)
        if run is not None and run.turn is not None:
            run.turn.asked = False

    def expect(self, run_id: str, left: float | None, unwatched: bool) -> None:
        """left: how many seconds the run will still compute, if known. unwatched: whether it gives way to all others."""
        run = self._runs.get(run_id)
        if run is not None:
            run.left, run.unwatched = math.inf if left is None else left, unwatched

    def decide(self, now: float, sessions: float = math.inf) -> Decision:
        """What should change now. Runs to start count as computing from now on.

        sessions: how many runs without a session may get one."""
        self._charge(now)
        for run in self._runs.values():
            run.prompt = run.prompt and (run.turn is None or now - run.turn.since < self._prompt_limit)
        ranked = [run for run in self._ranked(now) if run.sleeps_until <= now]
        chosen, free = set[_Run](), self._slots
        for run in ranked:
            if run.slots <= free and not run.away and (run.resident or sessions > 0):
                chosen.add(run)
                free -= run.slots
                sessions -= not run.resident
        rest = [run for run in ranked if run.turn is not None and run not in chosen and not run.turn.asked]
        for run in rest:
            assert run.turn is not None
            run.turn.asked = True
        start, free = [], self._slots - sum(run.slots for run in ranked if run.turn is not None)
        for run in ranked:
            if run.turn is None and run in chosen and run.slots <= free:
                lasts = self._slice * (_RETURN_SLICES if run.returns else 1)
                run.turn, run.resident, run.returns = _Turn(now, lasts, run.owner.used, run.used), True, False
                start.append(run)
                free -= run.slots
        self._expect_starts(run for run in ranked if run.turn is None)
        return Decision(tuple(run.id for run in start), tuple(run.id for run in rest))

    def __len__(self) -> int:
        return len(self._runs)

    def __iter__(self) -> Iterator[str]:
        return iter(self._runs)

    @property
    def waiting(self) -> tuple[str, ...]:
        """The runs that wait, in order, as of the last decision."""
        return tuple(self._starts)

    @property
    def sleeps(self) -> bool:
        """Whether a run wants its next turn later."""
        return any(run.sleeps_until > self._now for run in self._runs.values())

    @property
    def computing(self) -> frozenset[str]:
        return frozenset(run.id for run in self._runs.values() if run.turn is not None)

    def waits(self, run_id: str) -> bool:
        run = self._runs.get(run_id)
        return run is not None and run.turn is None

    def position(self, run_id: str) -> int | None:
        """1 for the next run; None for a run that does not wait."""
        return self._starts[run_id][0] if run_id in self._starts else None

    def starts_in(self, run_id: str) -> float | None:
        """Expected seconds until the turn of a waiting run, by the turns so far; None for a run that does not wait."""
        return self._starts[run_id][1] if run_id in self._starts else None

    def others(self, run_id: str) -> int:
        """With how many other runs this one takes turns; 0 if there are enough slots for all, or if it does not want to compute."""
        return len(self._runs) - 1 if run_id in self._runs and self._scarce else 0

    def gives_way(self, run_id: str) -> bool:
        """Whether the run computes only when no other one could, because nobody watches it."""
        return run_id in self._runs and self._runs[run_id].unwatched

    def slowdown(self, run_id: str) -> float:
        """How many times as long as its computing a run takes, as long as nobody comes or goes; at least 1."""
        run = self._runs.get(run_id)
        if run is None or not self._scarce:
            return 1.0
        owners = sum(bool(owner.runs) for owner in self._owners.values())
        return max(1.0, owners * sum(other.slots for other in run.owner.runs) / self._slots)

    @property
    def _scarce(self) -> bool:
        return any(run.turn is None and run.sleeps_until <= self._now for run in self._runs.values())

    def _charge(self, now: float) -> None:
        """Counts the time since the last call, during which the same runs computed and waited."""
        seconds, self._now = max(0.0, now - self._now), max(self._now, now)
        if not self._scarce:
            self._forgive()
            return
        work = 0.0
        for run in self._runs.values():
            if run.turn is not None:
                used = seconds * run.slots
                run.used += used
                run.owner.used += used
                work += used
        present = [owner.used for owner in self._owners.values() if any(not run.unwatched for run in owner.runs)]
        if present:  # the fair share so far; not far above the owner who has had least, who would otherwise gain whenever somebody leaves
            self._level = min(max(self._level + work / len(present), min(present)), min(present) + 2 * self._slice)

    def _forgive(self) -> None:
        """Nobody waits: all are equal again."""
        self._level = 0.0
        self._owners = {name: owner for name, owner in self._owners.items() if owner.runs}
        for owner in self._owners.values():
            owner.used = 0.0
            for run in owner.runs:
                run.used = 0.0
                if run.turn is not None:
                    run.turn.owner_used = run.turn.used = 0.0

    def _ranked(self, now: float) -> list[_Run]:
        """All runs, those that should compute first. Of an owner the second run counts as if the first had had its slice, and so on."""
        keys = dict[_Run, tuple[object, ...]]()
        for owner in self._owners.values():
            ranks = [(self._rank(run, now), run) for run in owner.runs]
            ranks.sort(key=lambda ranked: (ranked[0].last, ranked[0].used, ranked[0].waits, ranked[1].order))
            for index, (rank, run) in enumerate(ranks):
                keys[run] = (rank.last, rank.owner_used + index * self._slice, rank.waits, run.order)
        return sorted(keys, key=keys.__getitem__)

    def _rank(self, run: _Run, now: float) -> "_Rank":
        turn = run.turn
        ahead = self._slice if run.prompt or run.left <= self._slice else 0.0
        if turn is None:
            return _Rank(1 + run.unwatched, run.owner.used - ahead, run.used - ahead, waits=True)
        if run.prompt:
            return _Rank(0, 0.0, 0.0, waits=False)  # only now can it be interrupted to any purpose
        if now - turn.since < turn.slice_seconds:
            return _Rank(1 + run.unwatched, turn.owner_used - ahead, turn.used - ahead, waits=False)
        return _Rank(1 + run.unwatched, run.owner.used - ahead, run.used - ahead, waits=False)

    def _measure(self, run: _Run, now: float) -> None:
        if run.turn is not None and run.prompt:
            self._prompt_turn += _SMOOTHING * (now - run.turn.since - self._prompt_turn)

    def _expect_starts(self, waiting: Iterable[_Run]) -> None:
        self._starts, ahead = {}, 0.0
        for position, run in enumerate(waiting, start=1):
            lasts = (self._prompt_turn if run.prompt else self._slice) * run.slots / self._slots
            self._starts[run.id] = (position, ahead + lasts / 2)  # on average, half of the current turn is left
            ahead += lasts


@dataclass(frozen=True)
class _Rank:
    """What the rank of a run depends on; lower comes first. last: 0 for a turn that nobody should interrupt, 2 for a run that nobody
    watches."""

    last: int
    owner_used: float
    used: float
    waits: bool
