"""A process that connects a server with a Ray cluster, and passes on the messages of all its runs.

It is a process of its own because Ray ends the process that uses it when the cluster is gone for a minute. The server then learns that
its sessions have ended, and starts it again for the next run."""

import logging
import os
import signal
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

import playground
from playground.runs.executor import Ended
from playground.runs.exit_reasons import USE_LESS_MEMORY
from playground.runs.messages import Job
from playground.runs.ray_actor import Trainer
from playground.settings import settings

KILL = "kill"
"""Sent by the server to end a run at once."""
_PROBE_SECONDS = 3.0

logger = logging.getLogger(__name__)


def serve(channel_descriptor: int) -> NoReturn:
    """The main function of the process: a thread for every connection received, until the server has gone."""
    for number in (signal.SIGINT, signal.SIGTERM):  # only the server decides when this process ends
        signal.signal(number, signal.SIG_IGN)
    channel = socket.socket(fileno=channel_descriptor)
    threading.Thread(target=_connect_early, name="cluster", daemon=True).start()
    while True:
        request, descriptors, _, _ = socket.recv_fds(channel, 1, 1)
        if not request:
            os._exit(0)  # the cluster ends the actors of a process that has gone
        threading.Thread(target=_pass_on, args=(Connection(descriptors[0]),), daemon=True).start()


def _connect_early() -> None:
    with suppress(Exception):  # reported to the first run
        cluster()


def _pass_on(connection: Connection) -> None:
    """Starts the actor of a run and passes on its messages; the last one is `Ended`."""
    job: Job = connection.recv()
    try:
        ended = _run(job, connection)
    except Exception as error:
        logger.exception("A run cannot be computed in the cluster")
        ended = Ended(f"The Ray cluster cannot compute this run: {_short(error)}")
    with suppress(OSError):
        connection.send(ended)
    connection.close()


def _run(job: Job, connection: Connection) -> Ended:
    try:
        ray = cluster()
    except ConnectionError as error:
        return Ended(f"{error}. The operator of this server can start the cluster, or set PLAYGROUND_EXECUTOR to local.")
    threads = job.threads or 1
    actor = (
        ray.remote(concurrency_groups={"messages": 1, "commands": 1})(Trainer)
        .options(
            num_cpus=threads if job.spec.training.threads == "auto" else job.spec.training.threads,
            num_gpus=settings().run_gpus,
            max_restarts=0,
        )
        .remote(_with_threads(job, threads))
    )
    messages = actor.messages.options(num_returns="streaming", concurrency_group="messages").remote()
    threading.Thread(target=_pass_commands, args=(connection, actor, ray), daemon=True).start()
    try:
        for reference in messages:
            connection.send(ray.get(reference))
            del reference  # the cluster keeps a message as long as somebody refers to it
    except OSError:  # the server has gone
        pass
    except ray.exceptions.OutOfMemoryError:
        return Ended("The training process was killed, because its node ran out of memory.", USE_LESS_MEMORY)
    except (ray.exceptions.RayActorError, ray.exceptions.ObjectLostError, ray.exceptions.NodeDiedError) as error:
        logger.warning("The actor of a run is gone: %s", _short(error))
        return Ended("The node of the cluster that computed this run is gone.", interrupted=True)
    finally:
        ray.kill(actor)
    return Ended("The training process ended without a result.")


def _pass_commands(connection: Connection, actor: Any, ray: Any) -> None:
    while True:
        try:
            message = connection.recv()
        except (EOFError, OSError):
            message = KILL
        if message == KILL:
            ray.kill(actor)
            return
        actor.send.options(concurrency_group="commands").remote(message)


def _with_threads(job: Job, threads: int) -> Job:
    return Job(job.spec, job.environment, job.checkpoint, threads)


_connecting = threading.Lock()


def cluster() -> Any:
    """Ray, connected to the cluster at RAY_ADDRESS.

    Raises: ConnectionError if it cannot be reached, naming the address."""
    with _connecting:
        return _connected()


@cache
def _connected() -> Any:
    import ray

    address = os.environ.get("RAY_ADDRESS", "auto")
    _probe(address)
    try:
        ray.init(
            address=address,
            namespace="playground",
            log_to_driver=False,
            logging_level=logging.WARNING,
            runtime_env={"py_modules": [str(Path(playground.__file__).parent)], "env_vars": _environment(os.environ)},
        )
    except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
        raise ConnectionError(f"The Ray cluster at {address} cannot be used: {_short(error)}") from error
    return ray


def _probe(address: str) -> None:
    """Ray itself tries for a minute."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not port.isdecimal():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), _PROBE_SECONDS).close()
    except OSError as error:
        raise ConnectionError(f"The Ray cluster at {address} cannot be reached ({error.strerror or error})") from error


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What the processes on the nodes need of the server's environment: nothing that they have themselves, such as paths."""
    return {name: value for name, value in environment.items() if name in ("OMP_NUM_THREADS",)}


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
