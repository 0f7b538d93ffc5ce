"""What AWS publishes of its resource types, as cfn-lint packages it, and the values of a template beside their schemas."""

import functools
import importlib.metadata
import json
from pathlib import Path
from typing import NamedTuple

import cfnlint
import regex

from template import is_function

VERSION = importlib.metadata.version("cfn-lint")
DATA = Path(cfnlint.__file__).parent / "data" / "schemas"


@functools.cache
def providers(region: str) -> dict[str, str]:
    return json.loads((DATA / "providers" / f"{region}.json").read_text(encoding="utf-8"))


@functools.cache
def resource_type(name: str, region: str) -> dict:
    return json.loads((DATA / "resources" / f"{providers(region)[name]}.json").read_text(encoding="utf-8"))


class Node(NamedTuple):
    place: tuple
    type: str
    """The resource type."""
    shape: str
    """The place below Properties with `*` for any position: the same for the same property of two resources."""
    schema: dict
    value: object
    """None where the property is not set."""


def resolve(schema: dict, root: dict) -> dict:
    while "$ref" in schema:
        found = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema


def types(schema: dict) -> set[str]:
    """The types that a value may have; none if the schema does not say."""
    named = schema.get("type", [])
    return {named} if isinstance(named, str) else set(named)


def nodes(template: dict, region: str) -> list[Node]:
    """Every property that a resource sets or could set beside those it sets, each with the schema that holds for it whatever else holds. What stands
    behind `anyOf` and the like is left out, and so is what the schema does not describe."""
    found = []
    for name, body in template["Resources"].items():
        root = resource_type(body["Type"], region)
        unset = {pointer.removeprefix("/properties/") for key in ("readOnlyProperties", "deprecatedProperties") for pointer in root.get(key, [])}

        def walk(place: tuple, shape: str, schema: dict, value):
            schema = resolve(schema, root)
            found.append(Node(place, body["Type"], shape, schema, value))
            if is_function(value):
                return
            if isinstance(value, dict):
                known = schema.get("properties", {})
                for key, inner in value.items():
                    inner_schema = known.get(key) or next((s for p, s in schema.get("patternProperties", {}).items() if regex.search(p, key)), None)
                    if inner_schema:
                        walk((*place, key), f"{shape}/{key}".lstrip("/"), inner_schema, inner)
                for key in sorted(set(known) - set(value)):
                    inner = f"{shape}/{key}".lstrip("/")
                    if inner not in unset:
                        found.append(Node((*place, key), body["Type"], inner, resolve(known[key], root), None))
            elif isinstance(value, list) and isinstance(schema.get("items"), dict):
                for position, inner in enumerate(value):
                    walk((*place, position), f"{shape}/*", schema["items"], inner)

        walk(("Resources", name, "Properties"), "", root, body.get("Properties", {}))
    return [node for node in found if node.shape or node.value]


def attributes(type: str, region: str) -> dict[str, set[str]]:
    """The attributes that the schema knows as read-only, each with the types it may have."""
    root, found = resource_type(type, region), {}
    for pointer in root.get("readOnlyProperties", []):
        steps = pointer.removeprefix("/properties/").split("/")
        schema = root
        for step in steps:
            schema = resolve(schema.get("properties", {}).get(step, {}), root)
        if "*" not in steps and schema:
            found[".".join(steps)] = types(schema)
    return found


def may_be_attribute(type: str, region: str, name: str) -> bool:
    """Whether any property, read-only or not, has the name: of some types CloudFormation gives all of them."""
    root = resource_type(type, region)
    schema = root
    for step in name.split("."):
        schema = resolve(schema.get("properties", {}).get(step, {}), root)
    return bool(schema) or name in attributes(type, region)
