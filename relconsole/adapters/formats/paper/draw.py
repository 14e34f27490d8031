"""Blocks of text as an A4 PDF that reads at a glance in black and white.

The only place that knows the PDF library. The same sheet gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any, Final, assert_never
from xml.sax.saxutils import escape

from relconsole.adapters.formats.paper.blocks import (
    Block,
    Cell,
    Facts,
    Heading,
    Lines,
    Sheet,
    Table,
)

MARGIN: Final = 14.0
"""Millimetres at the sides; a hole punch takes twelve."""
_TOP: Final = 24.0
_BOTTOM: Final = 22.0
_WIDTH: Final = 210.0 - 2 * MARGIN
_LONGEST: Final = 2_000
"""Letters of one text on paper; what is cut ends in an ellipsis."""
_MISSING: Final = "\N{REPLACEMENT CHARACTER}"
_FACES: Final = {"Paper": "DejaVuSans.ttf", "Paper-Bold": "DejaVuSans-Bold.ttf"}
_OWN_FACES: Final = {"Paper": "Vera.ttf", "Paper-Bold": "VeraBd.ttf"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Library:
    """The parts of the PDF library, loaded on first use, with the styles and the known letters."""

    platypus: Any
    colors: Any
    mm: float
    styles: dict[str, Any]
    letters: frozenset[int]


def draw_sheet(sheet: Sheet) -> bytes:
    """Give the sheet as a PDF; every page bears title, time, digests and its number of how many."""
    library = _load()
    pages = _build(library, sheet, total=0)[1]
    return _build(library, sheet, total=pages)[0]


def _load() -> _Library:
    """Give the library with its fonts registered."""
    units: Any = import_module("reportlab.lib.units")
    letters = register_faces()
    return _Library(
        platypus=import_module("reportlab.platypus"),
        colors=import_module("reportlab.lib.colors"),
        mm=units.mm,
        styles=_styles(),
        letters=letters,
    )


def register_faces(charts: str = "matplotlib") -> frozenset[int]:
    """Register the two faces and give the letters that both have.

    DejaVu comes with the charts library and knows most alphabets; where an installation left it
    out, the PDF library's own faces serve.
    """
    metrics: Any = import_module("reportlab.pdfbase.pdfmetrics")
    fonts: Any = import_module("reportlab.pdfbase.ttfonts")
    folder = _folder_of(charts, "mpl-data", "fonts", "ttf")
    faces = _FACES
    if folder is None or not all((folder / file).is_file() for file in faces.values()):
        folder, faces = _folder_of("reportlab", "fonts"), _OWN_FACES
    found: list[frozenset[int]] = []
    for name, file in faces.items():
        font = fonts.TTFont(name, str(Path(folder or ".") / file))
        metrics.registerFont(font)
        found.append(frozenset(font.face.charToGlyph))
    return found[0].intersection(found[1])


def _folder_of(package: str, *below: str) -> Path | None:
    """Give a folder of a package's own files without importing it, None where there is none."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]).joinpath(*below)


def _styles() -> dict[str, Any]:
    """Give the styles by name: sizes for a reader at arm's length in a dim room."""
    styles: Any = import_module("reportlab.lib.styles")
    colors: Any = import_module("reportlab.lib.colors")

    def style(name: str, size: float, *, bold: bool = False, white: bool = False) -> Any:
        return styles.ParagraphStyle(
            name,
            fontName="Paper-Bold" if bold else "Paper",
            fontSize=size,
            leading=size * 1.25,
            textColor=colors.white if white else colors.black,
            splitLongWords=1,
        )

    return {
        "heading": styles.ParagraphStyle(
            "heading",
            fontName="Paper-Bold",
            fontSize=15,
            leading=19,
            spaceBefore=12,
            spaceAfter=5,
            keepWithNext=1,
        ),
        "label": style("label", 9),
        "text": style("text", 10.5),
        "sign": style("sign", 14),
        "loud": style("loud", 14, bold=True),
        "boxed": style("boxed", 11, bold=True),
        "head": style("head", 8.5, bold=True, white=True),
        "cell": style("cell", 9.5, bold=True),
        "below": style("below", 7.5),
    }


def _build(library: _Library, sheet: Sheet, *, total: int) -> tuple[bytes, int]:
    """Give the bytes and the number of pages; the total is known only after a first round."""
    out = BytesIO()
    mm = library.mm
    document = library.platypus.BaseDocTemplate(
        out,
        pagesize=(210 * mm, 297 * mm),
        title=sheet.title,
        author="relconsole",
        invariant=1,
    )
    frame = library.platypus.Frame(
        MARGIN * mm,
        _BOTTOM * mm,
        _WIDTH * mm,
        (297 - _TOP - _BOTTOM) * mm,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )
    document.addPageTemplates(
        library.platypus.PageTemplate(frames=[frame], onPage=_frame(library, sheet, total))
    )
    story: list[Any] = []
    for index, block in enumerate(sheet.blocks):
        if isinstance(block, Heading) and block.starts_page and index:
            story.append(library.platypus.PageBreak())
        story.append(_flow(library, block))
    document.build(story)
    return out.getvalue(), int(document.page)


def _frame(library: _Library, sheet: Sheet, total: int) -> Callable[[Any, Any], None]:
    """Give what draws the band at the top and the proof at the bottom of each page."""
    mm = library.mm
    digest = sheet.digest

    def draw(canvas: Any, document: Any) -> None:
        canvas.saveState()
        canvas.setFillGray(0)
        canvas.rect(MARGIN * mm, 280 * mm, _WIDTH * mm, 9 * mm, stroke=0, fill=1)
        canvas.setFillGray(1)
        canvas.setFont("Paper-Bold", 12)
        canvas.drawString((MARGIN + 3) * mm, 282.8 * mm, _fit(library, sheet.title, 62))
        canvas.drawRightString(
            (210 - MARGIN - 3) * mm, 282.8 * mm, f"page {document.page} of {total}"
        )
        canvas.setFillGray(0)
        canvas.setLineWidth(0.6)
        canvas.line(MARGIN * mm, 18 * mm, (210 - MARGIN) * mm, 18 * mm)
        canvas.setFont("Paper", 7.5)
        canvas.drawString(MARGIN * mm, 14.2 * mm, f"printed {_known(library, sheet.printed)}")
        canvas.drawRightString(
            (210 - MARGIN) * mm, 14.2 * mm, "a print is old at once: ask the bridge"
        )
        canvas.drawString(MARGIN * mm, 10.8 * mm, f"plan {sheet.plan}")
        canvas.drawString(MARGIN * mm, 7.4 * mm, f"this print {digest}")
        canvas.restoreState()

    return draw


def _flow(library: _Library, block: Block) -> Any:
    """Give a block as something the library sets on pages."""
    match block:
        case Heading(text=text):
            return _paragraph(library, text, "heading")
        case Facts():
            return _draw_facts(library, block)
        case Lines():
            return _draw_lines(library, block)
        case Table():
            return _draw_table(library, block)
        case _:
            assert_never(block)


def _draw_facts(library: _Library, block: Facts) -> Any:
    """Give labels and texts beside each other."""
    style = "loud" if block.loud else "text"
    rows = [
        [_paragraph(library, label, "label"), _paragraph(library, text, style)]
        for label, text in block.rows
    ]
    table = library.platypus.Table(
        rows or [["", ""]],
        colWidths=[34 * library.mm, (_WIDTH - 34) * library.mm],
        splitInRow=1,
    )
    table.setStyle([("VALIGN", (0, 0), (-1, -1), "BOTTOM"), *_padding(0.6 * library.mm)])
    return table


def _draw_lines(library: _Library, block: Lines) -> Any:
    """Give lines below each other, in a thick frame where they must not be overlooked."""
    style = "boxed" if block.boxed else "text"
    rows = [[_paragraph(library, line, style)] for line in block.lines]
    table = library.platypus.Table(rows, colWidths=[_WIDTH * library.mm], splitInRow=1)
    if block.boxed:
        frame = [("BOX", (0, 0), (-1, -1), 2, library.colors.black)]
        table.setStyle([*frame, *_padding(1.6 * library.mm)])
        table.spaceBefore = table.spaceAfter = 2 * library.mm
    else:
        below = [("LINEBELOW", (0, 0), (-1, -2), 0.25, library.colors.black)]
        table.setStyle([*below, *_padding(1.0 * library.mm)])
    return table


def _draw_table(library: _Library, block: Table) -> Any:
    """Give a table whose head is repeated on each page."""
    rows = [
        [_paragraph(library, text, "head") for text in block.head],
        *([_cell(library, each) for each in row] for row in block.rows),
    ]
    heights = None
    if block.row_height:
        heights = [None, *(block.row_height * library.mm for _ in block.rows)]
    table = library.platypus.LongTable(
        rows,
        colWidths=[width * library.mm for width in block.widths],
        rowHeights=heights,
        repeatRows=1,
        # A row that is higher than a page goes on over it; one with its own height never is.
        splitInRow=0 if block.row_height else 1,
    )
    table.setStyle(
        [
            ("BACKGROUND", (0, 0), (-1, 0), library.colors.black),
            ("GRID", (0, 0), (-1, -1), 0.4, library.colors.black),
            ("LINEBELOW", (0, 1), (-1, -1), 0.8, library.colors.black),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            *_padding(1.2 * library.mm),
        ]
    )
    return table


def _cell(library: _Library, found: Cell) -> list[Any]:
    """Give the first line of a cell and the small ones below it."""
    return [
        _paragraph(library, found.text, "sign" if found.is_sign else "cell"),
        *(_paragraph(library, line, "below") for line in found.below),
    ]


def _paragraph(library: _Library, text: str, style: str) -> Any:
    """Give text as it is: the library's own markup in it takes no effect."""
    return library.platypus.Paragraph(escape(_fit(library, text, _LONGEST)), library.styles[style])


def _known(library: _Library, text: str) -> str:
    """Give the text with a visible sign for each letter that the faces do not have."""
    return "".join(letter if ord(letter) in library.letters else _MISSING for letter in text)


def _fit(library: _Library, text: str, longest: int) -> str:
    """Give the text cut to what fits into its place."""
    known = _known(library, text)
    return known if len(known) <= longest else known[: longest - 1] + "…"


def _padding(size: float) -> list[Any]:
    """Give the same padding on all sides of each cell."""
    return [
        (f"{side}PADDING", (0, 0), (-1, -1), size) for side in ("TOP", "BOTTOM", "LEFT", "RIGHT")
    ]
