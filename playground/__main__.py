"""The playground without a browser: `python -m playground COMMAND`."""

import io
import sys

from playground.commands import main

if __name__ == "__main__":
    if sys.platform == "win32":  # where redirected output cannot represent all characters by default
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(encoding="utf-8")
    main(prog_name="python -m playground")
