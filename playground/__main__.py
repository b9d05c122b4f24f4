"""The playground without a browser: `python -m playground COMMAND`."""

from playground.commands import main

if __name__ == "__main__":
    main(prog_name="python -m playground")
