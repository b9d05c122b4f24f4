"""One executor for the runs of several servers, because getting ready takes it longer than a small run."""

from playground.runs.local_executor import LocalExecutor


class KeptExecutor(LocalExecutor):
    """Keeps its process when the runs that use it are closed."""

    def close(self) -> None: ...

    def end(self) -> None:
        super().close()
