"""What `/metrics` says of the server's state, looked up when it is asked."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache

from prometheus_client import ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from playground.artifacts.copies import pending
from playground.measures import MEASURES
from playground.runs import Runs, RunState
from playground.settings import settings
from playground.web.process_memory import memory_bytes


@cache
def observe_server(runs: Callable[[], Runs]) -> None:
    """Adds the state to the measures, once."""
    MEASURES.register(_State(runs))
    ProcessCollector(registry=MEASURES)


class _State(Collector):
    def __init__(self, runs: Callable[[], Runs]) -> None:
        self._runs = runs

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        counts = self._runs().counts()
        states = {state.value: counts.get(state, 0) for state in RunState if not state.ended}
        yield _gauge("playground_runs", "Runs of this server that have not ended, by state.", "state", states)
        yield _gauge("playground_memory_bytes", "Proportional set size.", "part", memory_bytes())
        yield GaugeMetricFamily("playground_copies_pending", "Folders still to be copied to the storage.", value=len(pending()))
        with suppress(OSError):
            free = shutil.disk_usage(settings().data).free
            yield GaugeMetricFamily("playground_data_free_bytes", "Free disk space of the data folder.", value=free)


def _gauge(name: str, meaning: str, label: str, values: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family
