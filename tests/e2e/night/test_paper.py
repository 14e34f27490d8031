"""Paper: what prints by itself while a night is conducted."""

from pathlib import Path

from tests.e2e.night.plans import RELEASE, by_hand, gate, release
from tests.e2e.night.stage import Stage


def printed(stage: Stage) -> dict[Path, bytes]:
    """Give every page that lies in the store."""
    return {path: path.read_bytes() for path in stage.desk.store.rglob("*.pdf")}


def test_that_a_night_prints_itself_at_its_opening_and_at_each_gate(bare: Stage) -> None:
    bare.bring(release(by_hand("drain", "asha"), gate("go", "drain", "payments")))
    assert bare.desk.run("night", RELEASE, "--json").json["outcome"] == "held"
    opening = printed(bare)
    assert len(opening) == 1
    answers = bare.answers(("drain", "done"), ("go", "go", "payments"), ("go", "go"))
    ran = bare.desk.run("night", RELEASE, *answers, "--json")
    assert ran.json["outcome"] == "finished", ran
    both = printed(bare)
    assert both != opening
    assert all(page.startswith(b"%PDF-") for page in both.values())
