"""The style sheets of the pages."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[2] / "assets" / "css"


@dataclass(frozen=True)
class Styles:
    """Style sheets as one element for `st.html`, which takes ready HTML from `_repr_html_` as it is."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


@cache
def styles(*names: str) -> Styles:
    """These sheets of assets/css. Together they are large enough that Streamlit sends them once: of what a browser has, it gets only the
    hash."""
    return Styles("\n".join(f"<style>\n{(_FOLDER / f'{name}.css').read_text('utf-8')}</style>" for name in names))
