"""Texts that somebody plants: markup, direction, control, formulas, paths, and too much."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

MARK: Final = "Zx9"
"""Stands in every payload before its number, so that it is found again wherever it came to."""

FORMS_BARE: Final = 8
"""Forms of each kind that are planted as they are, before some stand within another text."""

_HTML: Final = (
    "<b>{m}</b>", "<script>alert('{m}')</script>", "<img src=x onerror=alert('{m}')>",
    "<a href='javascript:alert(1)'>{m}</a>", "<table><tr><td>{m}", "&lt;b&gt;{m}&amp;",
    "<html><body bgcolor=red>{m}", "<!--{m}-->", "]]>{m}<![CDATA[",
    "<style>*{{color:red}}</style>{m}",
    "<img src='file:///etc/passwd'>{m}", "<svg onload=alert(1)>{m}</svg>", "<h1>{m}</h1><hr>",
    "<qt>{m}</qt>", "<p style='font-size:99px'>{m}</p>", '"><iframe src=//{m}.example>',
)  # fmt: skip
_BIDI: Final = ("\u202e{m}\u202c", "\u2066{m}\u2069", "{m}\u200f\u202egnp.exe", "\u061c{m}\u200e")
_CONTROL: Final = (
    "{m}\x00tail", "\x07{m}\x08", "{m}\r\nSet-Cookie: a=b", "{m}\x1b[31mred\x1b[0m", "\x0c{m}\x0b",
    "{m}\x1b]0;title\x07", "{m}\u2028next\u2029", "\x7f{m}\x85", "{m}\tcell\tcell",
)  # fmt: skip
_FORMULA: Final = (
    "=1+1{m}", "+cmd|' /C calc'!A0{m}", "-2+3{m}", "@SUM(1){m}", "\t=1+1{m}", "\r=1+1{m}",
    '=HYPERLINK("http://{m}.example","x")', "＝1+1{m}", '"=1+1{m}', '=DDE("cmd";"{m}";"x")',
)  # fmt: skip
_PATH: Final = (
    "../../etc/{m}", "..\\..\\{m}", "/etc/{m}", "C:\\{m}", "CON{m}", "file:///{m}", "{m}/../..",
    "~/{m}", "\\\\host\\{m}", "{m}%2e%2e%2f",
)  # fmt: skip
_FORMAT: Final = (
    "%s%n%x{m}", "{{0}}{{m!r}}{m}", "${{jndi:ldap://{m}}}", "$({m})", "`{m}`", "%(m)s{m}",
    "{{{{7*7}}}}{m}", "#{{7*7}}{m}", "%d%d%d%d{m}", "{m}; rm -rf /",
)  # fmt: skip
_MATHTEXT: Final = (
    r"$\frac{{1}}{{0}}{m}$", r"$\infty{m}", r"\$\$ {m} $", r"$^{{^{{^{{{m}}}}}}}$", "_{m}_^2",
)  # fmt: skip
_HIDDEN: Final = ("a\u200b{m}", "{m}\u2060\ufeff", "\u00ad{m}", "\u3164{m}\u3164", "{m}\u2800")
_PICTURE: Final = ("👩‍👩‍👧‍👦{m}", "🏴󠁧󠁢󠁥󠁮󠁧󠁿{m}", "e" + "\u0301" * 40 + "{m}", "🇩🇪" * 20 + "{m}", "Z̸̨͝{m}")
_RTL: Final = (
    "\u05e9\u05dc\u05d5\u05dd {m} \u05e2\u05d5\u05dc\u05dd",
    "\u0645\u0631\u062d\u0628\u0627 {m} \u0628\u0627\u0644\u0639\u0627\u0644\u0645",
    "{m} \u200f12:30\u200f",
    "\u05d0\u05d1\u05d2123{m}",
)
_HUGE: Final = (
    "{m}" + "W" * 5_000,
    "{m} " + "x " * 3_000,
    "{m}" + "\n" * 2_000,
    "{m}" + "漢" * 4_000,
)

KINDS: Final = (
    _HTML, _BIDI, _CONTROL, _FORMULA, _PATH, _FORMAT, _MATHTEXT, _HIDDEN, _PICTURE, _RTL, _HUGE,
)  # fmt: skip


def payloads(count: int) -> tuple[str, ...]:
    """Give the first so many payloads; each is another text."""
    return tuple(_payload(number) for number in range(count))


def _payload(number: int) -> str:
    """Give the payload of a number: every kind in its turn, and every form of each."""
    kind = KINDS[number % len(KINDS)]
    form = kind[number // len(KINDS) % len(kind)]
    text = form.format(m=f"{MARK}{number:04}")
    return text if number < len(KINDS) * FORMS_BARE else _varied(text, random.Random(number))


def _varied(text: str, chance: random.Random) -> str:
    """Give a payload within another text, so that it is not only met at a beginning."""
    ways: tuple[Callable[[str], str], ...] = (
        lambda it: it,
        lambda it: f"{it}{it}",
        lambda it: f"{it} Deploy",
        lambda it: f"{it}\u202e</b>",
    )
    return chance.choice(ways)(text)
