from __future__ import annotations

from relconsole.domain.estate.connections import System
from relconsole.domain.kernel.ids import SystemId


def test_that_a_system_without_settings_leaves_them_all_to_its_plugin() -> None:
    system = System(id=SystemId("metrics"), plugin="prometheus")
    assert (system.url, dict(system.settings)) == ("", {})
