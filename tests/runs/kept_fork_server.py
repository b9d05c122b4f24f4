"""One fork server for the runs of several servers, because getting ready takes it longer than a small run."""

from playground.runs.fork_server import ForkServer


class KeptForkServer(ForkServer):
    """Keeps its process when the runs that use it are closed."""

    def close(self) -> None: ...

    def end(self) -> None:
        super().close()
