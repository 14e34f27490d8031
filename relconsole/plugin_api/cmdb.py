"""The CMDB kind: the configuration items of a system, to read only."""

from __future__ import annotations

from typing import Protocol

from relconsole.domain.estate.inventory import ConfigurationItem

__all__ = ["CMDB", "ConfigurationItem"]


class CMDB(Protocol):
    """A configuration management database."""

    async def configuration_items(self) -> tuple[ConfigurationItem, ...]:
        """Give every item; NotSupported where none are connected, QuestionRefused for too many."""
        ...
