"""Small SVG images in the colors of the page's theme."""

import base64
import html

CLASS_COLORS = (
    "light-dark(#d9536a, #f07f93)",
    "light-dark(#2d8a3e, #6cc07c)",
    "light-dark(#b8a62d, #dccb5e)",
    "light-dark(#3ba3c4, #72cbe6)",
    "light-dark(#95296b, #cf6aa8)",
    "light-dark(#4a6fa5, #86a8d8)",
    "light-dark(#8c564b, #c2948a)",
    "light-dark(#5f9e8f, #9bd3c6)",
    "light-dark(#c78ab0, #e6bcd6)",
    "light-dark(#7f7f7f, #b5b5b5)",
)
"""The colors of classes and symbols, for light and dark pages, as in assets/css/tokens.css."""

_STYLE = """
:root { color-scheme: light dark; }
.axes { stroke: light-dark(#dcdcd8, #333944); stroke-width: .3; fill: none }
circle[opacity] { fill: var(--dot); stroke: var(--dot); stroke-width: .5 }
circle.test { fill: light-dark(#fbfbfa, #14171c) }
.blue { --dot: light-dark(#0877bd, #4aa3e0) }
.orange { --dot: light-dark(#d9700f, #f59a3d) }
.of-train { --dot: light-dark(#a8418a, #e08cc4) }
.of-test { --dot: light-dark(#00806a, #35c9a5) }
.bar { fill: var(--dot) }
.curve { fill: none; stroke: light-dark(#9a9a95, #737b88); stroke-width: 1 }
.line { fill: none; stroke: var(--dot); stroke-width: .8 }
.ahead { stroke-dasharray: 2 1.2 }
.cell { fill: color-mix(in srgb, var(--dot) 25%, transparent); stroke: var(--dot); stroke-width: .6 }
.in-cell, .letters { fill: light-dark(#23262b, #e6e8ec); font-family: ui-monospace, monospace }
.in-cell { text-anchor: middle }
.letters { font-size: 7.4px }
.gap { fill: light-dark(#ececea, #22272f) }
.wire { stroke: light-dark(#b9b9b4, #59606c); stroke-width: .8 }
.plain { fill: light-dark(#f0f0ee, #262b33); stroke: light-dark(#9a9a95, #737b88); stroke-width: .8 }
.learns { fill: light-dark(#d9d4f5, #38335f); stroke: light-dark(#5546c0, #9d90f5); stroke-width: .8 }
""" + "".join(f".class-{number} {{ --dot: {color} }}\n" for number, color in enumerate(CLASS_COLORS))
"""Colors by meaning, as in assets/css/tokens.css. The `color-scheme` of the surrounding page selects the light or dark one."""


def svg_image(width: float, height: float, body: str, text: str, name: str) -> str:
    """An `img` of class pg-`name` that contains the SVG, since Streamlit allows no SVG in HTML. text: its alternative text."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}"><style>{_STYLE}</style>{body}</svg>'
    source = f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
    return f'<img class="pg-{name}" src="{source}" alt="{html.escape(text, quote=True)}">'
