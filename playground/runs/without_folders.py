"""Texts for visitors, without the places where a server keeps its files."""

import re

_PART = r"[^\s:;,'\"()/\\]+"
_DATABASE = re.compile(r"\b[a-z0-9]+(?:\+[a-z0-9]+)?://[^\s/@]*@\S+?(?=[:;,.]?(?:\s|$))")
_PATH = re.compile(rf"(?:\bsqlite:///|(?<![\w.:/\\]))(?:/|[A-Za-z]:[\\/])(?:{_PART}[\\/])+(?={_PART})")


def without_folders(text: str) -> str:
    """The text with the name of each file instead of its absolute path, and without the URL of a database on another machine.

    That a file cannot be written concerns the visitor whose run it is; where it is concerns only the operator, who finds it in the log."""
    return _PATH.sub("", _DATABASE.sub("the database", text))
