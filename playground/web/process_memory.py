"""The memory of this server and the processes it has started."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")


def memory_bytes() -> dict[str, int]:
    """Proportional set size (what processes share is divided among them) of "server" and of its "workers", with the process that they are
    forked from. Empty on systems that do not tell (all but Linux).

    Source: https://docs.kernel.org/filesystems/proc.html, smaps_rollup"""
    if not (_PROC / "self" / "smaps_rollup").exists():
        return {}
    return {"server": _bytes(_PROC / "self"), "workers": sum(map(_bytes, _descendants(_PROC / "self")))}


def _descendants(process: Path) -> Iterator[Path]:
    with suppress(OSError):  # it has ended
        for task in (process / "task").iterdir():
            for child in (task / "children").read_text().split():
                yield _PROC / child
                yield from _descendants(_PROC / child)


def _bytes(process: Path) -> int:
    with suppress(OSError):
        for line in (process / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
