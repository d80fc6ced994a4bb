"""The contract's own text as a judge: as much of JSON Schema 2020-12 as docs/rest.openapi.json uses."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SPEC = json.loads((Path(__file__).parents[2] / "docs" / "rest.openapi.json").read_text(encoding="utf-8"))
SCHEMAS = SPEC["components"]["schemas"]
KINDS = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "null": type(None)}
JUDGED = {"$ref", "type", "const", "enum", "anyOf", "properties", "required", "items", "pattern"} | {
    *("minimum", "maximum", "minLength", "maxLength", "format", "default", "description")
}


def resolve(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        target: Any = SPEC
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        schema = target
    return schema


def faults(value: object, schema: dict[str, Any], at: str = "$") -> Iterator[str]:
    """What in ``value`` is not as ``schema`` has it. Properties that the schema does not name are faults, too."""
    schema = resolve(schema)
    assert schema.keys() <= JUDGED, f"the judge does not know {schema.keys() - JUDGED}"
    if "anyOf" in schema:
        yield from min((list(faults(value, one, at)) for one in schema["anyOf"]), key=len)
    elif not _is_of_kind(value, schema.get("type", [])) or value not in schema.get(
        "enum", [schema.get("const", value)]
    ):
        yield f"{at} is {value!r}"
    elif isinstance(value, dict):
        yield from _in_object(value, schema, at)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from faults(item, schema["items"], f"{at}[{place}]")
    elif isinstance(value, str):
        yield from _in_text(value, schema, at)
    elif isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{at} is {value}"


def _is_of_kind(value: object, kinds: str | list[str]) -> bool:
    wanted = tuple(KINDS[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds))
    return not wanted or (isinstance(value, wanted) and (bool in wanted or not isinstance(value, bool)))


def _in_text(value: str, schema: dict[str, Any], at: str) -> Iterator[str]:
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10**6):
        yield f"{at} has {len(value)} characters"
    if not re.search(schema.get("pattern", ""), value):
        yield f"{at} is {value!r}"


def _in_object(value: dict[str, Any], schema: dict[str, Any], at: str) -> Iterator[str]:
    yield from (f"{at}.{name} is missing" for name in schema.get("required", ()) if name not in value)
    if "properties" not in schema:
        return
    for name, item in value.items():
        if name in schema["properties"]:
            yield from faults(item, schema["properties"][name], f"{at}.{name}")
        else:
            yield f"{at}.{name} is not in the contract"


def answer_schema(path: str, method: str, status: int, content_type: str) -> dict[str, Any]:
    """The schema of an answer; a KeyError when the contract does not have it."""
    responses = SPEC["paths"][path][method]["responses"]
    found = resolve(responses[str(status)] if str(status) in responses else responses["default"])
    return found["content"][content_type]["schema"]
