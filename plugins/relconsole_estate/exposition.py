"""Reading the text format in which services expose their metrics.

Source: the Prometheus text exposition format 0.0.4, without timestamps. Lines that are not of
that form are an error: half a scrape is none.
"""

import re

from relconsole_estate.errors import MalformedError
from relconsole_estate.metrics import Labels, Sample, labels_of

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\\n]|\\["\\n])*)"'

_LINE = re.compile(rf"({NAME})(?:\{{(.*)\}})?[ \t]+(\S+)")
_PAIR = re.compile(rf"\s*{LABEL}\s*(,|$)")
_ESCAPE = re.compile(r"\\(.)")


def read_exposition(text: str) -> list[Sample]:
    """Every sample of the text, in its order."""
    samples: list[Sample] = []
    # Only a line feed ends a line: a label may hold anything else that ends one elsewhere.
    for line in text.split("\n"):
        if not line.strip() or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise MalformedError(f"no metric line: {line[:80]!r}")
        name, inside, value = found.groups()
        try:
            number = float(value)
        except ValueError as error:
            raise MalformedError(f"no value in {line[:80]!r}") from error
        samples.append(Sample(name=name, labels=read_labels(inside or ""), value=number))
    return samples


def read_labels(inside: str) -> Labels:
    """The pairs between the braces; a comma may follow the last one."""
    pairs: dict[str, str] = {}
    place = 0
    while inside[place:].strip():
        found = _PAIR.match(inside, place)
        if found is None or found[1] in pairs:
            raise MalformedError(f"no labels: {inside[:80]!r}")
        pairs[found[1]] = _ESCAPE.sub(lambda escape: _plain(escape[1]), found[2])
        place = found.end()
    return labels_of(pairs)


def _plain(letter: str) -> str:
    return "\n" if letter == "n" else letter
