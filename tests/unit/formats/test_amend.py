"""Amendment files: what they say, and what they may not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from relconsole.adapters.formats.workspace import read_amendment_file, read_workspace
from relconsole.domain.kernel.durations import plain
from relconsole.domain.kernel.errors import InputRejected, Problem
from relconsole.domain.kernel.ids import ReleaseId
from relconsole.domain.plan.amendment import (
    Amendment,
    Insert,
    NotNeeded,
    Reassign,
    Reorder,
    Repeat,
    Retime,
    Skip,
    apply_all,
)
from relconsole.domain.plan.runbook import Runbook
from tests.unit.formats.payments_files import PAYMENTS

WORKSPACE = read_workspace(PAYMENTS)
RELEASE = WORKSPACE.releases[ReleaseId("payments-core-2026.4")]


def read(folder: Path, text: str) -> tuple[Amendment, ...]:
    path = folder / "amend.yaml"
    path.write_text(text, encoding="utf-8")
    return read_amendment_file(path, RELEASE, WORKSPACE.estate, WORKSPACE.systems)


def problems(folder: Path, text: str) -> tuple[Problem, ...]:
    with pytest.raises(InputRejected) as rejected:
        read(folder, text)
    return rejected.value.problems


def test_that_every_kind_of_amendment_is_read_in_the_order_of_its_application(
    tmp_path: Path,
) -> None:
    found = read(
        tmp_path,
        """reason: The vendor asks for a flush first
repeat: [stop-writers]
not_needed: [leave-canary]
skip: [drop-columns]
retime:
- {step: drop-columns, not_before: "02:50", duration: 4m}
- {step: leave-canary, unlock: yes}
reorder: [{step: deploy-api, after: [flush]}]
reassign: [{step: deploy-api, owner: ilka}]
insert:
- {id: flush, title: Flush queues, duration: 3m, after: [stop-writers], before: [drop-columns],
   undo: {kind: none}}
""",
    )
    assert [type(it) for it in found] == [
        Insert, Reassign, Reorder, Retime, Retime, Skip, NotNeeded, Repeat,
    ]  # fmt: skip
    assert {it.reason for it in found} == {"The vendor asks for a flush first"}
    inserted, reassigned, reordered, retimed, unlocked = found[:5]
    assert isinstance(inserted, Insert)
    assert (inserted.step.id, inserted.step.after) == ("flush", ("stop-writers",))
    assert inserted.before == ("drop-columns",)
    assert isinstance(reassigned, Reassign)
    assert reassigned.owner == "ilka"
    assert isinstance(reordered, Reorder)
    assert reordered.after == ("flush",)
    assert isinstance(retimed, Retime)
    assert retimed.not_before == datetime(2026, 4, 21, 0, 50, tzinfo=UTC)
    assert retimed.duration == plain(timedelta(minutes=4))
    assert isinstance(unlocked, Retime)
    assert unlocked.unlock


def test_that_what_was_read_can_be_applied(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "reason: r\nreorder: [{step: deploy-api, after: [flush]}]\n"
        "insert: [{id: flush, title: Flush, duration: 3m, undo: {kind: none}}]\n",
    )
    amended = apply_all(RELEASE.runbook, found, frozenset())
    assert isinstance(amended, Runbook)
    assert [it.id for it in amended.steps][-1] == "flush"


@pytest.mark.parametrize(
    ("text", "field", "message"),
    [
        ("skip: [deploy-api]", "reason", "an amendment needs reason"),
        ("{reason: r, skip: [deploy-app]}", "skip[0]", "did you mean deploy-api?"),
        ("{reason: r}", "", "changes nothing"),
        ("{reason: r, skip: []}", "", "changes nothing"),
        ("{reason: r, skp: [deploy-api], skip: [deploy-api]}", "skp", "nearest known key is skip"),
        ("{reason: r, retime: [{step: deploy-api}]}", "retime[0]", "needs not_before"),
        (
            "{reason: r, retime: [{step: deploy-api, not_before: '02:50', unlock: yes}]}",
            "retime[0]",
            "a fixed start and none",
        ),
        (
            "{reason: r, retime: [{step: deploy-api, not_before: '05:50'}]}",
            "retime[0].not_before",
            "after the window ends",
        ),
        (
            "{reason: r, reassign: [{step: deploy-api, owner: nobody}]}",
            "reassign[0].owner",
            "there is no person nobody",
        ),
        (
            "{reason: r, insert: [{id: deploy-api, title: t, duration: 1m, undo: {kind: none}}]}",
            "insert[0].id",
            "the step deploy-api is already defined in payments-core-2026.4",
        ),
        (
            "{reason: r, insert: [{id: x, title: t, duration: 1m}]}",
            "insert[0].undo",
            "needs undo",
        ),
        (
            """{reason: r, insert: [{id: x, title: t, duration: 1m, kind: automated,
               run: {system: nowhere, job: j}, undo: {kind: none}}]}""",
            "insert[0].run.system",
            "there is no system nowhere",
        ),
        ("[a]", "", "an amendment is a mapping"),
        ("a: [", "", "no YAML"),
    ],
)
def test_that_a_slip_in_an_amendment_is_named(
    tmp_path: Path, text: str, field: str, message: str
) -> None:
    found = problems(tmp_path, text)
    assert len(found) == 1, [str(it) for it in found]
    assert found[0].field == field
    assert message in found[0].message
    assert found[0].file == str(tmp_path / "amend.yaml")


def test_that_an_empty_file_lacks_a_reason(tmp_path: Path) -> None:
    assert [it.message for it in problems(tmp_path, "")] == ["an amendment needs reason"]


def test_that_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRejected, match="cannot be read"):
        read_amendment_file(tmp_path / "none.yaml", RELEASE, WORKSPACE.estate, WORKSPACE.systems)
