"""Ids are text that no tool takes for another id's text."""

from relconsole.domain.kernel.ids import Digest, EffectId, FactId


def test_that_an_id_is_its_text() -> None:
    assert EffectId(FactId("f1")) == "f1"
    assert Digest("00") == "00"
