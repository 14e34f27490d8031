"""Whatever stands in its files, a workspace is read or refused; nothing else ever happens."""

import json
import tempfile
from pathlib import Path
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from relconsole.adapters.formats.workspace import (
    check_workspace,
    read_amendment_file,
    read_workspace,
    write_workspace,
)
from relconsole.adapters.formats.workspace.amend import AMENDMENT
from relconsole.adapters.formats.workspace.records import Record
from relconsole.adapters.formats.workspace.table import DOCUMENTS, Spread
from relconsole.domain.kernel.errors import InputRejected
from tests.unit.formats.payments_files import PAYMENTS, RELEASE

EXAMPLE = {
    path.relative_to(PAYMENTS).as_posix(): path.read_bytes() for path in PAYMENTS.rglob("*.yaml")
}
WORKSPACE = read_workspace(PAYMENTS)
WORDS = (
    "", "mara", "prod", "ci", "payments-api", "deploy-api", "2026-04-21T02:30", "2026-10-25T02:30",
    "2026-03-29T02:30Z", "0001-01-01T00:00Z", "9999-12-31T23:59Z", "2199-12-31T23:59", "02:38",
    "99:99", "Europe/Berlin", "Asia/Tokyo", "Europe", "../x", "5m", "0s", "999999999d", "-1",
    "1e999", "nan", "9" * 5000, "٣", "yes", "manual", "automated", "gate", "inverse",
    "irreversible", "FREQ=DAILY", "FREQ=YEARLY;UNTIL=99991231T235959Z", "FREQ=DAILY;INTERVAL=0",
    "window_end", "http://[", "http://a:b@c", "20:00-06:00", "99:00-06:00", "\x00", "\x85", "a\nb",
    "x" * 300,
)  # fmt: skip
PIECES = (
    b"", b"[", b"]", b"{", b"}", b": ", b"- ", b",", b"&a ", b"*a", b"!!str ", b"\n", b"\t", b"'",
    b'"', b"#", b"|", b">", b"\xff", b"\x00", b"---", b"? ", b"null", b"[[[[", b"{}", b"[]", b"~",
)  # fmt: skip

loose: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(("id", "system", "kind", "x")), inner, max_size=2)
    ),
    max_leaves=4,
)


def shaped(kind: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """Draw something of roughly the shape that a kind reads: known keys, wild values."""
    item = getattr(kind, "item", None)
    if item is not None:
        return st.lists(shaped(item, depth + 1), max_size=2) | loose
    if isinstance(kind, Record) and depth < 6:
        record = cast("Record[Any]", kind)  # type: ignore[redundant-cast]  # not for pyright
        return st.deferred(lambda: _record(record, depth)) | loose
    return st.sampled_from(WORDS) | loose


def _record(record: Record[Any], depth: int) -> st.SearchStrategy[Any]:
    keys = {key.name: shaped(key.kind, depth + 1) for key in record.keys}
    required = {key.name: keys.pop(key.name) for key in record.keys if key.required}
    return st.fixed_dictionaries(required, optional=keys)


def write(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)


def read_or_refuse(files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write(folder, files)
        problems = check_workspace(folder)
        assert list(problems) == sorted(problems, key=lambda it: (it.file, it.line or 0))
        if problems:
            assert all(problem.file in files and problem.message for problem in problems)
            return
        write_workspace(read_workspace(folder), folder / "again")


@given(
    name=st.sampled_from(sorted(EXAMPLE)),
    at=st.floats(0, 1),
    taken=st.integers(0, 12),
    put=st.sampled_from(PIECES) | st.binary(max_size=4),
)
def test_that_a_file_with_a_piece_torn_out_or_put_in_is_read_or_refused(
    name: str, at: float, taken: int, put: bytes
) -> None:
    whole = EXAMPLE[name]
    start = int(at * len(whole))
    read_or_refuse({**EXAMPLE, name: whole[:start] + put + whole[start + taken :]})


@given(
    documents=st.fixed_dictionaries(
        {it.name: shaped(it.record) for it in DOCUMENTS if it.spread is not Spread.ONE_EACH}
    ),
    release=shaped(next(it.record for it in DOCUMENTS if it.spread is Spread.ONE_EACH)),
)
def test_that_known_keys_with_any_values_are_read_or_refused(
    documents: dict[str, Any], release: Any
) -> None:
    files = {f"{name}.yaml": json.dumps(held).encode() for name, held in documents.items()}
    read_or_refuse({**files, "releases/one.yaml": json.dumps(release).encode()})
    read_or_refuse({**EXAMPLE, RELEASE: json.dumps(release).encode()})


@given(amendment=shaped(AMENDMENT))
def test_that_any_amendment_is_read_or_refused(amendment: Any) -> None:
    release = next(iter(WORKSPACE.releases.values()))
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / "amend.yaml"
        path.write_text(json.dumps(amendment), encoding="utf-8")
        try:
            found = read_amendment_file(path, release, WORKSPACE.estate, WORKSPACE.systems)
        except InputRejected:
            return
        assert found
