"""Runs that have only one run, for tests of what reads its directory."""

from dataclasses import dataclass
from pathlib import Path

from playground.runs import RunNotFound


@dataclass(frozen=True)
class Address:
    run_id: str
    control: bool


@dataclass(frozen=True)
class Info:
    directory: Path


class OneRun:
    """What is used of the runs, with one run in it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def resolve(self, address: str) -> Address:
        if address != "mine":
            raise RunNotFound
        return Address("mine", True)

    def files(self, run_id: str) -> Path:
        return self.directory

    def info(self, run_id: str) -> Info:
        return Info(self.directory)
