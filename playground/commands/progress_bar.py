"""Progress in a terminal."""

from typing import TextIO


class ProgressBar:
    """A progress bar that redraws its line in a terminal, and prints nothing elsewhere."""

    width = 28

    def __init__(self, file: TextIO) -> None:
        self.file = file if file.isatty() else None

    def show(self, share: float, text: str) -> None:
        if self.file is not None:
            full = round(self.width * min(max(share, 0.0), 1.0))
            self.file.write(f"\r\x1b[K{'█' * full}{'░' * (self.width - full)} {text}")
            self.file.flush()

    def close(self) -> None:
        if self.file is not None:
            self.file.write("\r\x1b[K")
            self.file.flush()
