"""Fair-share scheduling, in a simulation in which runs rest as late as real ones do."""

import random
from collections import defaultdict
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.runs.fair_share import PROMPT_SECONDS, SLICE_SECONDS, Decision, FairShare

TICK = 0.05
REST_SECONDS = 0.1
"""How long a run takes at most to rest, after it was asked."""


@dataclass
class Simulation:
    """Runs that compute when it is their turn, until they have computed as long as they need. A run shows something after `shows` seconds.

    computed: seconds, by run; waited: the longest wait between two turns, by run; first: when a run showed something, by run."""

    slots: int
    seed: int = 0
    now: float = 0.0
    threads: dict[str, int] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    needs: dict[str, float] = field(default_factory=dict)
    shows: dict[str, float] = field(default_factory=dict)
    computed: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    waited: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    first: dict[str, float] = field(default_factory=dict)
    ended: dict[str, float] = field(default_factory=dict)
    turns: int = 0

    def __post_init__(self) -> None:
        self.share = FairShare(self.slots)
        self.chance = random.Random(self.seed)
        self.computing: dict[str, float] = {}
        """Since when."""
        self.resting: dict[str, float] = {}
        """When runs that were asked to rest will."""
        self.since: dict[str, float] = {}
        """Since when runs wait."""

    def add(self, run: str, owner: str = "", needs: float = 1e9, shows: float = 0.15, threads: int = 1) -> None:
        self.owners[run], self.needs[run], self.shows[run], self.threads[run] = owner or run, needs, shows, min(threads, self.slots)
        self.share.request(run, owner, self.now, slots=threads, prompt=True)
        self.since[run] = self.now
        self.decide()

    def remove(self, run: str) -> None:
        if self.owners.pop(run, None) is not None:
            self.share.release(run, self.now)
            for state in (self.computing, self.resting, self.since):
                state.pop(run, None)
            self.decide()

    def decide(self) -> None:
        decision = self.share.decide(self.now)
        for run in decision.start:
            self.waited[run] = max(self.waited[run], self.now - self.since.pop(run))
            self.computing[run] = self.now
            self.turns += 1
        for run in decision.rest:
            self.resting.setdefault(run, self.now + self.chance.uniform(0, REST_SECONDS))
        assert self.share.computing == set(self.computing)
        assert sum(self.threads[run] for run in self.computing) <= self.slots
        if not self.resting:  # otherwise slots are being made free
            free = self.slots - sum(self.threads[run] for run in self.computing)
            assert all(self.threads[run] > free for run in self.since), "a slot is free, and a run waits for it"
        waiting = self.share.waiting
        assert sorted(waiting) == sorted(self.since)
        assert [self.share.position(run) for run in waiting] == list(range(1, len(waiting) + 1))

    def advance(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            self.now += TICK
            for run in tuple(self.computing):
                self.computed[run] += TICK
                if run not in self.first and self.computed[run] >= self.shows[run]:
                    self.first[run] = self.now
                    self.share.shown(run, self.now)
                left = self.needs[run] - self.computed[run]
                self.share.expect(run, left, unwatched=False)
                if left <= 0:
                    self.ended[run] = self.now
                    self.remove(run)
                elif self.resting.get(run, self.now + 1) <= self.now:
                    del self.resting[run], self.computing[run]
                    self.since[run] = self.now
                    self.share.rested(run, self.now)
            self.decide()

    def by_owner(self) -> dict[str, float]:
        """Slot-seconds of those who are there."""
        used = defaultdict[str, float](float)
        for run, owner in self.owners.items():
            used[owner] += self.computed[run] * self.threads[run]
        return used


short = settings(max_examples=20, deadline=None)

moves = st.one_of(
    st.tuples(st.just("add"), st.integers(0, 3), st.integers(1, 3), st.floats(0.1, 5)),
    st.tuples(st.just("remove"), st.integers(0, 20)),
    st.tuples(st.just("wait"), st.floats(0, 3)),
)


@short
@given(st.integers(1, 4), st.lists(moves, max_size=30), st.integers())
def test_slots_are_never_exceeded_and_never_left_free(slots: int, course: list[tuple], seed: int) -> None:
    simulation = Simulation(slots, seed)
    for number, (move, *values) in enumerate(course):
        if move == "add":
            owner, threads, needs = values
            simulation.add(f"run {number}", f"owner {owner}", needs=needs, threads=threads)
        elif move == "remove":
            simulation.remove(f"run {values[0]}")
        else:
            simulation.advance(values[0])


@short
@given(st.integers(1, 3), st.lists(st.integers(1, 4), min_size=3, max_size=8), st.integers())
def test_owners_get_the_same_share_whatever_the_number_of_their_runs(slots: int, runs: list[int], seed: int) -> None:
    simulation = Simulation(slots, seed)
    for owner, count in enumerate(runs):
        for number in range(count):
            simulation.add(f"{owner}.{number}", f"owner {owner}")
    simulation.advance(60)
    shares = simulation.by_owner().values()
    assert max(shares) - min(shares) <= SLICE_SECONDS * slots + REST_SECONDS * slots + 2 * TICK
    for owner, count in enumerate(runs):
        own = [simulation.computed[f"{owner}.{number}"] for number in range(count)]
        assert max(own) - min(own) <= 2 * SLICE_SECONDS


@short
@given(st.integers(1, 3), st.integers(4, 40), st.integers())
def test_nobody_waits_longer_than_two_rounds(slots: int, owners: int, seed: int) -> None:
    simulation = Simulation(slots, seed)
    for owner in range(owners):
        simulation.add(f"run {owner}", f"owner {owner}")
    simulation.advance(20 + owners)
    round_seconds = owners / slots * (SLICE_SECONDS + REST_SECONDS + TICK)
    assert max(simulation.waited.values()) <= 2 * round_seconds


@short
@given(st.integers(1, 3), st.integers())
def test_newcomers_without_end_starve_nobody(slots: int, seed: int) -> None:
    """Each is a new owner, takes its prompt turn, and leaves; together they would need all slots."""
    simulation = Simulation(slots, seed)
    for run in range(slots):
        simulation.add(f"old {run}")
    for number in range(100):
        for each in range(slots):
            simulation.add(f"new {number}.{each}", needs=0.2)
        simulation.advance(0.2)
    assert min(simulation.computed[f"old {run}"] for run in range(slots)) > 1
    assert max(simulation.waited[f"old {run}"] for run in range(slots)) < 8


def test_runs_of_one_owner_make_others_wait_no_longer_than_one_run_of_it_would() -> None:
    simulation = Simulation(2)
    for number in range(200):
        simulation.add(f"many {number}", "many")
    simulation.advance(1)
    simulation.add("one")
    asked = simulation.now
    simulation.advance(20)
    assert simulation.first["one"] - asked < 0.5
    shares = simulation.by_owner()
    assert shares["one"] == pytest.approx(20, abs=1), "a run on one thread gets its half of two slots"


def test_a_new_run_goes_first_and_interrupts_a_slice() -> None:
    simulation = Simulation(2)
    for number in range(20):
        simulation.add(f"run {number}")
    simulation.advance(30)
    simulation.add("new")
    simulation.advance(1)
    assert simulation.first["new"] < 30 + REST_SECONDS + 0.15 + 3 * TICK


def test_what_everybody_waits_for_first_is_shown_in_order() -> None:
    simulation = Simulation(2)
    for number in range(30):
        simulation.add(f"run {number}")
    simulation.advance(10)
    assert [int(run[4:]) for run in sorted(simulation.first, key=lambda run: simulation.first[run])] == pytest.approx(range(30), abs=1)
    assert max(simulation.first.values()) < 15 * (0.15 + REST_SECONDS + 2 * TICK)


def test_a_run_that_shows_nothing_keeps_others_waiting_only_so_long() -> None:
    simulation = Simulation(1)
    simulation.add("slow", shows=1e9)
    simulation.add("quick")
    simulation.advance(PROMPT_SECONDS + 1)
    assert PROMPT_SECONDS < simulation.first["quick"] < PROMPT_SECONDS + 0.5


def test_nobody_is_interrupted_while_nobody_waits() -> None:
    simulation = Simulation(2)
    simulation.add("one")
    simulation.add("another")
    simulation.advance(100)
    assert simulation.turns == 2
    simulation.add("third", needs=1)
    simulation.advance(10)
    turns = simulation.turns
    simulation.advance(100)
    assert simulation.turns == turns
    assert simulation.share.others("one") == 0


def test_short_runs_are_not_interrupted_by_long_ones() -> None:
    simulation = Simulation(2)
    for number in range(10):
        simulation.add(f"long {number}")
    simulation.advance(20)
    simulation.add("short", needs=0.45)
    simulation.advance(1)
    assert simulation.ended["short"] < 20.8
    for number in range(10):
        simulation.add(f"nearly done {number}", needs=0.9)
        simulation.add(f"not done {number}")
        simulation.advance(4)
    soon = [simulation.waited[f"nearly done {number}"] for number in range(10)]
    later = [simulation.waited[f"not done {number}"] for number in range(10)]
    assert sum(soon) < 0.8 * sum(later)


def test_what_was_used_while_nobody_waited_counts_for_nothing() -> None:
    simulation = Simulation(2)
    for number in range(2):
        simulation.add(f"a {number}", "a")
    simulation.advance(1000)
    simulation.add("b")
    before = simulation.by_owner()["a"]
    simulation.advance(10)
    shares = simulation.by_owner()
    assert shares["a"] - before == pytest.approx(shares["b"], abs=1)


def test_unwatched_runs_give_way_and_go_on_when_they_can() -> None:
    share = FairShare(1)
    share.request("left", "one", 0.0)
    assert share.decide(0.0).start == ("left",)
    share.request("watched", "two", 1.0)
    share.expect("left", None, unwatched=True)
    assert share.decide(1.0).rest == ("left",)
    share.rested("left", 1.1)
    assert share.decide(1.1).start == ("watched",)
    for tenth in range(12, 100):
        decision = share.decide(tenth / 10)
        assert not decision.start
        assert not decision.rest
    share.expect("left", None, unwatched=False)
    assert share.decide(10.0).rest == ("watched",)
    share.expect("left", None, unwatched=True)
    share.release("watched", 10.1)
    assert share.decide(10.1).start == ("left",)


def test_runs_wait_until_there_is_memory_for_their_sessions() -> None:
    share = FairShare(2)
    for run in ("a", "b", "c"):
        share.request(run, "", 0.0, prompt=True, resident=False)
    assert share.decide(0.0, sessions=1).start == ("a",)
    assert (share.position("b"), share.position("c")) == (1, 2)
    assert share.decide(1.0, sessions=0) == share.decide(5.0, sessions=0)
    assert share.decide(6.0, sessions=1).start == ("b",)
    share.release("a", 7.0)
    assert share.decide(7.0, sessions=1).start == ("c",)


def test_a_run_that_was_asked_to_rest_can_be_asked_again() -> None:
    share = FairShare(1)
    share.request("a", "", 0.0)
    share.decide(0.0)
    share.request("b", "", 1.0, prompt=True)
    assert share.decide(1.0).rest == ("a",)
    assert share.decide(1.1).rest == ()
    share.keeps("a")
    assert share.decide(1.2).rest == ("a",)


def test_expected_starts_follow_the_turns_so_far() -> None:
    simulation = Simulation(1)
    for number in range(30):
        simulation.add(f"run {number}", shows=1.0)
    simulation.advance(15)
    last = [run for run in simulation.share.waiting if run not in simulation.first][-1]
    expected = simulation.share.starts_in(last)
    assert expected is not None
    simulation.advance(30)
    assert expected == pytest.approx(simulation.first[last] - 15 - 1.0, rel=0.2)


def test_a_turn_needs_a_slot() -> None:
    with pytest.raises(ValueError, match="slots: must be at least 1, got 0"):
        FairShare(0)


def test_waiting_for_its_process_costs_a_run_nothing() -> None:
    share = FairShare(1)
    share.request("a", "", 0.0, prompt=True)
    assert share.decide(0.0).start == ("a",)
    share.request("b", "", 0.0, prompt=True)
    share.begins("a", 8.0)
    share.shown("a", 8.1)
    assert share.decide(8.1).rest == ("a",)
    share.rested("a", 8.2)
    assert share.decide(8.2).start == ("b",)
    share.shown("b", 8.4)
    assert share.decide(8.75).rest == ("b",)


def test_a_session_that_was_ended_for_others_starts_again_for_a_longer_turn() -> None:
    share = FairShare(1)
    for run in ("a", "b"):
        share.request(run, "", 0.0, resident=run == "a")
    assert share.decide(0.0, sessions=0).start == ("a",)
    assert share.decide(5.0, sessions=0) == share.decide(6.0, sessions=0)
    share.rested("a", 6.0)
    share.leaves("a")
    assert share.decide(6.0, sessions=0).start == ()
    share.left("a")
    assert share.decide(6.1, sessions=1).start == ("b",)
    assert share.decide(6.7, sessions=0).rest == ()
    share.rested("b", 13.0)
    share.leaves("b")
    share.left("b")
    assert share.decide(13.0, sessions=1).start == ("a",)
    share.request("c", "", 13.1)
    assert share.decide(13.7).rest == ()
    assert share.decide(15.1).rest == ("a",)


def test_a_run_in_slow_motion_leaves_its_slot_to_others_until_it_wants_to_go_on() -> None:
    share = FairShare(1)
    share.request("slow", "a", 0.0)
    share.request("other", "b", 0.0)
    assert share.decide(0.0).start == ("slow",)
    share.rested("slow", 0.1, until=1.1)
    assert share.decide(0.1).start == ("other",)
    assert share.decide(1.0) == Decision((), ())
    assert share.waiting == ()
    assert share.sleeps
    assert share.others("other") == 0
    assert share.waits("slow")
    assert share.decide(1.2).rest == ("other",)
    share.rested("other", 1.2)
    assert share.decide(1.2).start == ("slow",)
    assert not share.sleeps


def test_a_run_in_slow_motion_that_is_wanted_sooner_is_woken() -> None:
    share = FairShare(1)
    share.request("slow", "a", 0.0)
    share.decide(0.0)
    share.rested("slow", 0.1, until=1.1)
    assert share.decide(0.2).start == ()
    share.request("slow", "a", 0.2, prompt=True)
    assert share.decide(0.2).start == ("slow",)
