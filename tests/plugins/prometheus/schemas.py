"""Checks a JSON value against an excerpt of an OpenAPI schema.

Knows exactly the keywords that the excerpts use and fails on any other, so that a schema is never
half understood.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID

FIXTURES = Path(__file__).parent / "fixtures"
KNOWN = {
    *("$ref", "additionalProperties", "allOf", "anyOf", "default", "enum", "format", "items"),
    *("maxItems", "minItems", "oneOf", "properties", "required", "type"),
}
TYPES: Mapping[str, tuple[type, ...]] = {
    "array": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "object": (dict,),
    "string": (str,),
}


class Schemas:
    """The schemas of one excerpt, by name."""

    def __init__(self, name: str) -> None:
        found = json.loads((FIXTURES / name).read_text(encoding="utf-8"))
        self.operations: Mapping[str, Any] = found["operations"]
        self._schemas: Mapping[str, Any] = found["schemas"]

    def faults(self, name: str, value: object) -> list[str]:
        """What is wrong with a value that should be of this schema."""
        return self._check({"$ref": name}, value, "$")

    def _check(self, schema: Mapping[str, Any], value: Any, at: str) -> list[str]:
        assert set(schema) <= KNOWN, f"{at}: unknown keywords {set(schema) - KNOWN}"
        if "$ref" in schema:
            return self._check(self._schemas[schema["$ref"]], value, at)
        found: list[str] = []
        for part in schema.get("allOf", ()):
            found += self._check(part, value, at)
        for word in ("anyOf", "oneOf"):
            if word in schema:
                tried = [self._check(part, value, at) for part in schema[word]]
                if all(tried):
                    found += next(faults for faults in tried if len(faults) == min(map(len, tried)))
        if "type" in schema:
            allowed = TYPES[schema["type"]]
            wrong = not isinstance(value, allowed)
            if wrong or (isinstance(value, bool) and bool not in allowed):
                return [*found, f"{at}: {value!r} is no {schema['type']}"]
        if "enum" in schema and value not in schema["enum"]:
            found.append(f"{at}: {value!r} is none of {schema['enum']}")
        found += _formats(schema.get("format"), value, at)
        if isinstance(value, dict):
            found += self._members(schema, cast("dict[str, Any]", value), at)
        if isinstance(value, list):
            found += self._items(schema, cast("list[object]", value), at)
        return found

    def _items(self, schema: Mapping[str, Any], items: list[object], at: str) -> list[str]:
        least, most = schema.get("minItems", 0), schema.get("maxItems", len(items))
        found = [] if least <= len(items) <= most else [f"{at}: {len(items)} items"]
        for number, item in enumerate(items):
            found += self._check(schema.get("items", {}), item, f"{at}[{number}]")
        return found

    def _members(self, schema: Mapping[str, Any], value: dict[str, Any], at: str) -> list[str]:
        found = [f"{at}: lacks {name}" for name in schema.get("required", ()) if name not in value]
        properties, other = schema.get("properties", {}), schema.get("additionalProperties", True)
        for name, item in value.items():
            if name in properties:
                found += self._check(properties[name], item, f"{at}.{name}")
            elif other is False:
                found.append(f"{at}: has {name}")
            elif isinstance(other, dict):
                found += self._check(cast("dict[str, Any]", other), item, f"{at}.{name}")
        return found


def _formats(form: str | None, value: Any, at: str) -> list[str]:
    try:
        if form == "date-time":
            assert datetime.fromisoformat(value).tzinfo is not None
        elif form == "uuid":
            UUID(value)
    except (AssertionError, ValueError):
        return [f"{at}: {value!r} is no {form}"]
    return []
