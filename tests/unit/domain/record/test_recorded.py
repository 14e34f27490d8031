"""A fact as the record holds it."""

from datetime import UTC, datetime

import pytest

from relconsole.domain.kernel.ids import FactId
from relconsole.domain.record.recorded import Recorded


def test_that_what_is_recorded_stays_as_it_is() -> None:
    night = datetime(2026, 8, 8, 22, tzinfo=UTC)
    recorded = Recorded(id=FactId("f1"), seq=1, at=night, by=None, key=None, fact="stopped")
    with pytest.raises(AttributeError, match="immutable"):
        recorded.seq = 2  # type: ignore[misc]
