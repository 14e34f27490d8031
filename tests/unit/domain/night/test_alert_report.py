"""What the night report says of alerts."""

from __future__ import annotations

from dataclasses import replace

from relconsole.domain.night.alert_facts import AlertUnshelved
from relconsole.domain.night.alert_report import list_alert_acts, say_alert_act
from tests.unit.domain.night.scenes import ASHA, JO, MARA, RUN, at
from tests.unit.domain.night.test_alerts import HELD, acknowledged, held, shelved


def test_that_every_word_about_an_alert_is_reported_in_its_order() -> None:
    night = held()
    night.add(acknowledged(note="looking"), 13, JO)
    night.add(replace(acknowledged(), for_person=ASHA, heard="voice"), 13, MARA)
    night.add(shelved(), 14, MARA)
    night.add(AlertUnshelved(run=RUN, alert=HELD, note="enough"), 15, MARA)
    rows = list_alert_acts(night.facts)
    assert [(row.act, row.at, row.by, row.until) for row in rows] == [
        ("acknowledged", at(13), JO, None),
        ("acknowledged", at(13), MARA, None),
        ("shelved", at(14), MARA, at(30)),
        ("unshelved", at(15), MARA, None),
    ]
    assert [say_alert_act(row, "UTC") for row in rows] == [
        "23:43Z hold:person/thing (on hold) acknowledged by jo: looking",
        "23:43Z hold:person/thing (on hold) acknowledged by asha, recorded by mara (voice)",
        "23:44Z hold:person/thing (on hold) shelved until 00:00Z by mara: known",
        "23:45Z hold:person/thing unshelved by mara: enough",
    ]
