"""The night report as one HTML file: everything encoded, nothing loaded, nothing that runs."""

from __future__ import annotations

import html
from typing import Final

from relconsole_ui.presenters.report import ReportRows, Section
from relconsole_ui.presenters.report_words import Line

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE: Final = """
body { font: 14px/1.45 Inter, system-ui, sans-serif; color: #14191F; background: #fff;
       max-width: 1080px; margin: 32px auto; padding: 0 24px; }
h1 { font-size: 30px; margin: 8px 0; } h2 { font-size: 14px; margin: 0; }
header, footer { display: flex; justify-content: space-between; color: #3C4752; }
footer { border-top: 1px solid #D0D6DC; margin-top: 32px; padding-top: 12px; font-size: 12px; }
.figures { display: flex; gap: 24px; margin: 16px 0 24px; }
.figures div { border-left: 1px solid #D0D6DC; padding-left: 12px; }
.figures b { display: block; font-size: 22px; } .note { color: #3C4752; }
.columns { display: grid; grid-template-columns: 1fr 1fr; gap: 0 40px; }
section { margin-bottom: 24px; }
.head { display: flex; justify-content: space-between; border-bottom: 2px solid #8A95A1;
        padding-bottom: 6px; margin-bottom: 6px; }
table { border-collapse: collapse; width: 100%; } td, th { padding: 4px 0; text-align: left;
        vertical-align: top; overflow-wrap: anywhere; }
td:last-child, th:last-child { text-align: right; padding-left: 12px; }
pre { font: 12px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
@media print { body { margin: 0; } }
""".strip()


def report_html(rows: ReportRows, detail: str) -> str:
    """Give the whole report as one file; ``detail`` is its text, which follows the page."""
    figures = "".join(
        f"<div>{_safe(each.label)}<b>{_safe(each.value)}</b>"
        f'<span class="note">{_safe(each.note)}</span></div>'
        for each in rows.figures
    )
    columns = "".join(
        f"<div>{''.join(_section(each) for each in column)}</div>"
        for column in (rows.left, rows.right)
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_safe(_POLICY)}">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{_safe(rows.title)}</title><style>{_STYLE}</style></head><body>"
        f"<header><b>{_safe(rows.title)}</b><span>{_safe(rows.when)}</span></header>"
        f'<h1>{_safe(rows.big)}</h1><p>{_safe(rows.says)}</p><div class="figures">{figures}</div>'
        f'<div class="columns">{columns}</div>'
        f"<footer><span>{_safe(rows.foot)}</span><span>{_safe(rows.foot_right)}</span></footer>"
        f"<h2>Detail</h2><pre>{_safe(detail)}</pre></body></html>\n"
    )


def _section(section: Section) -> str:
    heads = ""
    if section.heads:
        cells = "".join(f"<th>{_safe(each)}</th>" for each in section.heads)
        heads = f"<tr><th></th>{cells}</tr>"
    lines = "".join(_line(each) for each in section.lines)
    return (
        f'<section><div class="head"><h2>{_safe(section.title)}</h2>'
        f'<span class="note">{_safe(section.note)}</span></div>'
        f"<table>{heads}{lines}</table></section>"
    )


def _line(line: Line) -> str:
    """Give a line as a row of a table; its state is a word, since a file has no shapes."""
    words = f"{line.time} {line.text}".strip()
    state = f" ({line.status})" if line.status else ""
    cells = line.cells or (line.right,)
    rest = "".join(f"<td>{_safe(each)}</td>" for each in cells)
    return f"<tr><td>{_safe(words + state)}</td>{rest}</tr>"


def _safe(text: str) -> str:
    return html.escape(text, quote=True)
