"""The assets of a catalog as configuration items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from relconsole.plugin_api.cmdb import ConfigurationItem
from relconsole.plugin_api.errors import BadAnswer, QuestionRefused
from relconsole.plugin_api.http import Answer
from relconsole_plugins.request_tracker import parse
from relconsole_plugins.request_tracker.client import Tracker
from relconsole_plugins.request_tracker.config import Config
from relconsole_plugins.request_tracker.parse import Link, Reference

MOST: Final = 5_000
"""Assets of one catalog; more of them would take longer than anybody waits."""


class _File(msgspec.Struct, frozen=True):
    """The value of a field that holds a file or an image."""

    filename: str | None = None


class _Field(msgspec.Struct, frozen=True):
    name: str
    values: list[str | _File | None] = []

    def texts(self) -> list[str]:
        """Give what is written in the field; of a file its name."""
        texts = (one.filename if isinstance(one, _File) else one for one in self.values)
        return [text.strip() for text in texts if text and text.strip()]


class _Asset(msgspec.Struct, frozen=True, rename="pascal"):
    number: int | str = msgspec.field(name="id")
    status: str
    links: list[Link] = msgspec.field(name="_hyperlinks")
    name: str | None = None
    owner: Reference | None = None
    custom_fields: list[_Field] = []


class _Page(msgspec.Struct, frozen=True):
    items: list[_Asset]


class _Catalog(msgspec.Struct, frozen=True, rename="pascal"):
    name: str


def read_catalog(answer: Answer) -> str | None:
    """Give the name of the catalog, None where there is none that the account may see."""
    if answer.status in parse.HIDDEN:
        return None
    return answer.require(200).read(_Catalog).name


async def items_of(tracker: Tracker, config: Config) -> tuple[ConfigurationItem, ...]:
    """Give every asset of the catalog by its number; QuestionRefused where they are too many.

    It is asked for until a page is empty: RT leaves out what the account may not see, so that a
    page may be short before the last.
    """
    found: list[ConfigurationItem] = []
    last = 0
    while True:
        answer = await tracker.assets_after(config.catalog, last)
        assets = answer.require(200).read(_Page).items
        if not assets:
            return tuple(found)
        for asset in assets:
            number = parse.number_of(asset.number)
            if number <= last:
                raise BadAnswer(f"{answer.asked}: asset {number} came after asset {last}")
            last = number
            found.append(_item(asset, config))
        if len(found) > MOST:
            raise QuestionRefused(
                f"The catalog {config.catalog} has more than {MOST} assets.",
                do="Name a catalog in the setting catalog that holds the services alone.",
            )


def _item(asset: _Asset, config: Config) -> ConfigurationItem:
    """Give an asset as the console knows it."""
    name, owner = (asset.name or "").strip(), "" if asset.owner is None else str(asset.owner.id)
    service = _value(asset, config.service_field) if config.service_field else name
    needed = {
        parse.number_of(link.id)
        for link in asset.links
        if link.ref == parse.DEPENDS_ON and link.type == parse.ASSET
    }
    return ConfigurationItem(
        id=str(asset.number),
        name=name,
        kind=config.catalog,
        status=asset.status,
        owner="" if owner in parse.NO_PERSON else owner,
        service=service or "",
        version=_value(asset, config.version_field) if config.version_field else None,
        in_use=asset.status.casefold() in config.in_use,
        fields=_fields(asset),
        depends_on=tuple(str(number) for number in sorted(needed)),
    )


def _fields(asset: _Asset) -> Mapping[str, str]:
    """Give what stands in each field, several values on one line."""
    found: dict[str, list[str]] = {}
    for field in asset.custom_fields:
        found.setdefault(field.name, []).extend(field.texts())
    return {name: ", ".join(texts) for name, texts in found.items()}


def _value(asset: _Asset, name: str) -> str | None:
    """Give the one value of a field, None where it is empty.

    QuestionRefused where the asset has no such field, BadAnswer where it has two values.
    """
    fields = [field for field in asset.custom_fields if field.name == name]
    if not fields:
        raise QuestionRefused(
            f"Asset {asset.number} has no custom field {name} that the account may see.",
            do="Correct the settings service_field and version_field, or grant SeeCustomField.",
        )
    texts = [text for field in fields for text in field.texts()]
    if len(texts) > 1:
        raise BadAnswer(f"asset {asset.number}: {name} has more than one value")
    return texts[0] if texts else None
