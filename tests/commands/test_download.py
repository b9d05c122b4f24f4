"""`download`: datasets that are not on this computer yet."""

import signal

from playground.artifacts.fetching import DownloadStoppedError
from playground.catalog.datasets import Kmnist
from tests.commands.calling import refused, run


def test_download_fetches_every_named_dataset(mirror):
    result = run("download", "kmnist", "digits8")
    assert result.exit_code == 0, result.output
    assert str(Kmnist.folder()) in result.stdout
    assert "needs no download" in result.stdout
    assert Kmnist.is_here()


def test_an_unknown_dataset_is_an_error_with_a_suggestion():
    refused(run("download", "kmnst"), "unknown dataset 'kmnst'; did you mean 'kmnist'?")


def test_a_stopped_download_keeps_what_was_received(mirror, monkeypatch):
    def stopped(report, stop):
        signal.raise_signal(signal.SIGINT)
        assert stop()
        raise DownloadStoppedError("KMNIST: stopped; the 1.0 MB received so far are kept")

    monkeypatch.setattr(Kmnist, "download", stopped)
    result = run("download", "kmnist")
    assert result.exit_code == 130
    assert "1.0 MB received so far are kept" in result.stderr
