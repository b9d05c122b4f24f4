"""`download`: sets that are not here yet."""

import signal

from playground.catalog.datasets import Kmnist
from playground.catalog.datasets.fetching import DownloadStoppedError
from tests.commands.calling import refused, run


def test_download_brings_every_named_set_before_it_is_needed(mirror):
    result = run("download", "kmnist", "digits8")
    assert result.exit_code == 0, result.output
    assert str(Kmnist.folder()) in result.stdout
    assert "needs no download" in result.stdout
    assert Kmnist.is_here()


def test_download_of_an_unknown_set_suggests_one():
    refused(run("download", "kmnst"), "unknown dataset 'kmnst'; did you mean 'kmnist'?")


def test_download_stopped_by_a_signal_keeps_what_came(mirror, monkeypatch):
    def stopped(report, stop):
        signal.raise_signal(signal.SIGINT)
        assert stop()
        raise DownloadStoppedError("KMNIST: stopped; the 1.0 MB that have come are kept")

    monkeypatch.setattr(Kmnist, "download", stopped)
    result = run("download", "kmnist")
    assert result.exit_code == 130
    assert "1.0 MB that have come are kept" in result.stderr
