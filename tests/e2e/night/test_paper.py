"""Paper: what prints by itself while a night is conducted."""

from tests.e2e.night.plans import RELEASE, by_hand, gate, release
from tests.e2e.night.stage import Stage


def test_that_a_night_prints_itself_at_its_opening_and_at_each_gate(bare: Stage) -> None:
    bare.bring(release(by_hand("drain", "asha"), gate("go", "drain", "payments")))
    lines = (("drain", "done"), ("go", "go", "payments"), ("go", "go"))
    ran = bare.desk.run("night", RELEASE, *bare.answers(*lines), "--json")
    assert ran.json["outcome"] == "finished", ran
    pages = sorted(path.read_bytes() for path in bare.folder.rglob("*.pdf"))
    assert len(pages) >= 2
    assert all(page.startswith(b"%PDF-") for page in pages)
