"""Every setting, once: the field of `Settings`, its environment variable (`PLAYGROUND_` and the name in capitals), its key in
`playground.toml`, its range, unit and default, and what the documentation says of it (`docs/settings.md`)."""

import os
from dataclasses import dataclass
from pathlib import Path

from playground.settings.declaring import declared, setting
from playground.settings.memory import most_run_bytes, runs_that_fit
from playground.settings.values import Choice, Folder, Integer, Keys, Networks, Number, Sites, Text, WebAddress, Words, YesOrNo

STORAGE, RUNS, NETWORKS, UPLOADS, ROOMS, ACCESS, OPERATION = "Storage", "Runs", "Networks", "Uploads", "Rooms", "Access", "Operation"


@dataclass(frozen=True)
class Settings:
    """The settings of one server. To add one, add a field; who needs it reads `settings().name`."""

    data: Path = setting(Path(".playground"), Folder(), STORAGE, "Folder for runs, weights, uploads and prepared datasets")
    database: str | None = setting(
        None, Text(), STORAGE,
        "SQLAlchemy URL of another database for the runs. Servers that share a database also need the same data folder or storage, "
        "which hold the weights",
        said_default="SQLite in the data folder",
    )  # fmt: skip
    storage: str | None = setting(
        None, Text(), STORAGE,
        "URL of a folder to which uploads and runs are copied, and from which they are fetched where they are missing: s3://bucket/folder, "
        "file:///mnt/folder or any other that fsspec knows. Access keys belong into the environment, as its package describes. What is "
        "deleted here is deleted there, too, except uploads that only made room for others",
        said_default="only the data folder",
    )  # fmt: skip
    history_bytes: int = setting(
        200_000_000, Integer(), STORAGE,
        "Disk space for the past of one run: the weights of at most 200 moments, spread over its steps, and a few checkpoints. Of large "
        "networks, fewer are kept",
        unit="bytes",
    )  # fmt: skip
    runs_bytes: int = setting(
        20_000_000_000, Integer(), STORAGE, "Disk space for all runs; beyond it, the oldest that have ended are announced and deleted",
        unit="bytes",
    )  # fmt: skip
    stored_bytes_per_owner: int = setting(
        10_000_000_000, Integer(least=0), STORAGE,
        "Disk space for the runs and uploads of one visitor, who must delete something once it is used up; 0 for no limit", unit="bytes",
    )  # fmt: skip
    runs_days: float = setting(0.0, Number(), STORAGE, "Runs that ended this long ago are announced and deleted; 0 for never", unit="days")
    runs_notice_days: float = setting(
        3.0, Number(), STORAGE,
        "Time between the announcement that a run will be deleted and its deletion; meanwhile, runs may need more disk space than that",
        unit="days",
    )  # fmt: skip
    prepared_bytes: int = setting(
        5_000_000_000, Integer(), STORAGE,
        "Disk space for prepared datasets, among them copies of uploads; beyond it, the least recently used are deleted, and prepared "
        "again when needed",
        unit="bytes",
    )  # fmt: skip
    prepared_days: float = setting(30.0, Number(), STORAGE, "Prepared datasets unused for this long are deleted; 0 for never", unit="days")
    downloads: str | None = setting(
        None,
        WebAddress(),
        STORAGE,
        "URL of a folder to download datasets from: `{downloads}/{dataset}/{file}`",
        said_default="the internet",
    )

    parallel_runs: int = setting(
        os.cpu_count() or 1, Integer(), RUNS, "Runs that compute at the same time; if there are more, all take turns", unit="runs",
        said_default="number of CPU cores",
    )  # fmt: skip
    runs_in_memory: int = setting(
        runs_that_fit(), Integer(), RUNS,
        "Runs whose training process is in memory at the same time; of more, those that rest longest are written to disk and read again "
        "when it is their turn",
        unit="runs", said_default="half of the memory, at 60 MB each; 256 at most",
    )  # fmt: skip
    unwatched_seconds: float = setting(
        600.0, Number(), RUNS,
        "A run that nobody has watched for this long trains only while no other run wants to; it continues when someone opens it",
        unit="seconds",
    )  # fmt: skip
    runs_per_owner: int = setting(8, Integer(), RUNS, "Runs of one visitor that train or wait at the same time", unit="runs")
    runs_per_address: int = setting(
        200, Integer(), RUNS, "Runs from one address that train or wait at the same time; a class may be behind one address", unit="runs"
    )
    runs_in_all: int = setting(1_000, Integer(), RUNS, "Runs of all visitors that train or wait at the same time", unit="runs")

    run_seconds: float = setting(
        0.0, Number(), RUNS, "Training time after which a run ends with what it has learned; 0 for any", unit="seconds"
    )
    run_flops: float = setting(
        0.0, Number(), RUNS, "Floating-point operations of all steps of a run together; 0 for any. A core does up to 10¹¹ per second",
        unit="FLOPs",
    )  # fmt: skip
    run_memory_bytes: int = setting(
        most_run_bytes(), Integer(least=0), RUNS,
        "Memory that a run on the CPU may take, besides what all runs share; beyond it, the run fails and says so (Linux). 0 for any",
        unit="bytes", said_default="three quarters of the memory",
    )  # fmt: skip

    executor: str = setting(
        "local", Choice(("local", "ray")), RUNS,
        "Where runs are computed: in processes of this machine, or on the Ray cluster at `RAY_ADDRESS` (`requirements-cluster.txt`)",
    )  # fmt: skip
    run_gpus: float = setting(
        0.0, Number(), RUNS, "Share of a GPU that each run requests from a Ray cluster; 0 for none", unit="GPUs",
    )  # fmt: skip
    run_threads: int = setting(
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, Integer(most=64), RUNS,
        "CPU threads that a run may take if its settings leave the number open", unit="threads", said_default="number of CPU cores",
    )  # fmt: skip
    memory_format: str = setting(
        "auto", Choice(("auto", "contiguous", "channels_last")), RUNS,
        "Order of images in memory for convolutions on the CPU, if the settings of a run leave it open; `auto` takes the faster one",
    )  # fmt: skip

    max_parameters: int = setting(20_000_000, Integer(), NETWORKS, "Parameters of the largest network that is accepted", unit="parameters")
    max_batch_bytes: int = setting(
        2_000_000_000, Integer(), NETWORKS, "Memory that one batch may need on its way through a network", unit="bytes"
    )

    upload_bytes: int = setting(
        100_000_000, Integer(), UPLOADS, "Size of an uploaded file, and of each file in an archive; the pages say so", unit="bytes"
    )
    upload_unpacked_bytes: int = setting(
        1_000_000_000, Integer(), UPLOADS, "Unpacked size of an archive, and size of the arrays made from an upload", unit="bytes"
    )
    upload_pixels: int = setting(40_000_000, Integer(), UPLOADS, "Pixels of one image", unit="pixels")
    upload_total_pixels: int = setting(
        2_000_000_000, Integer(), UPLOADS, "Pixels of all images of an upload together, as far as they are decoded", unit="pixels"
    )
    upload_seconds: float = setting(60.0, Number(), UPLOADS, "Processor time to read an upload once", unit="seconds")
    upload_seconds_per_visit: float = setting(
        600.0, Number(), UPLOADS,
        "Processor time for all reading of uploads in one visit, within an hour; used up, it comes back little by little", unit="seconds",
    )  # fmt: skip
    upload_files: int = setting(20_000, Integer(), UPLOADS, "Files in an archive", unit="files")
    upload_rows: int = setting(1_000_000, Integer(), UPLOADS, "Rows of a table", unit="rows")
    upload_columns: int = setting(1_000, Integer(), UPLOADS, "Columns of a table", unit="columns")
    upload_cells: int = setting(20_000_000, Integer(), UPLOADS, "Cells of a table, or characters of texts", unit="cells")
    upload_classes: int = setting(100, Integer(), UPLOADS, "Classes in uploaded data; a spec allows up to 1,000", unit="classes")
    upload_held_bytes: int = setting(
        500_000_000, Integer(), UPLOADS,
        "Disk space for uploaded files that are not stored yet, of all visitors together, and as much memory while they arrive; beyond it, "
        "the least recently used have to be uploaded again",
        unit="bytes",
    )  # fmt: skip
    upload_store_bytes: int = setting(
        5_000_000_000, Integer(), UPLOADS,
        "Disk space for all uploads; beyond it, the least recently used are deleted, except those that an unfinished run needs",
        unit="bytes",
    )  # fmt: skip

    room_hours: float = setting(
        12.0, Number(0.01), ROOMS,
        "A room for a class closes this long after its last activity; its seats, board and task are deleted; students keep their runs",
        unit="hours",
    )  # fmt: skip
    room_seats: int = setting(100, Integer(most=250), ROOMS, "Students in a room", unit="students")
    rooms_in_all: int = setting(200, Integer(), ROOMS, "Rooms of all visitors that are open at the same time", unit="rooms")

    secret: tuple[str, ...] = setting(
        (), Keys(), ACCESS,
        "Keys that sign cookies: the first signs, all are accepted. Replace a key by putting a new one before it, and remove the old one "
        "after a year. All servers behind one address need the same",
        said_default="a key made in the data folder", secret=True,
    )  # fmt: skip
    allowed_hosts: tuple[str, ...] = setting(
        (), Words(), ACCESS,
        "Names under which browsers may reach the server, such as `lab.example` or `*.lab.example`; others are refused, against DNS "
        "rebinding",
        said_default="names and addresses of this machine if only it can connect, otherwise any",
    )  # fmt: skip
    allowed_origins: tuple[str, ...] = setting(
        (), Sites(), ACCESS, "Other web sites whose pages may open sockets and send requests here", said_default="none"
    )
    connections_per_address: int = setting(
        1_500, Integer(), ACCESS,
        "Connections from one address at the same time; at most half of all that the system allows. A class may be behind one address",
        unit="connections",
    )  # fmt: skip
    requests_per_address: int = setting(
        200, Integer(), ACCESS,
        "Requests per second from one address, on average over 50 seconds; what is faster is slowed down, then refused. A visitor who has "
        "been here for an hour has this allowance alone. Pages for visitors without a cookie may be a quarter of it, on "
        "average over 2 seconds",
        unit="requests per second",
    )  # fmt: skip
    unclaimed_uploads: bool = setting(
        True, YesOrNo(), ACCESS,
        "Whether data that was uploaded to a version without owners may be used by everybody who has its hash, as links of those versions "
        "need",
    )  # fmt: skip
    frame_ancestors: tuple[str, ...] = setting(
        ("'self'",),
        Sites(),
        ACCESS,
        "Web sites that may show the app inside their pages (`frame-ancestors` of the content security policy)",
    )
    proxies: tuple[str, ...] = setting(
        (), Networks(), ACCESS,
        "Reverse proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed; limits then count the visitors' own addresses",
        said_default="none",
    )  # fmt: skip

    metrics_token: str | None = setting(
        None, Text(), OPERATION,
        "With this bearer token, `/metrics` can be read from anywhere: `Authorization: Bearer …`", said_default="no token", secret=True,
    )  # fmt: skip
    metrics_networks: tuple[str, ...] = setting(
        ("127.0.0.0/8", "::1/128"), Networks(), OPERATION,
        "Addresses from which `/metrics` can be read without a token, but not through a proxy",
    )  # fmt: skip
    log: str = setting(
        "text", Choice(("text", "json")), OPERATION,
        "How the log is written to standard error: `json` is an object on each line, with run addresses and network addresses made "
        "unrecognizable",
    )  # fmt: skip


SETTINGS = declared(Settings)
