"""Templates as plain data, what refers to what in them, and the edits of which a mutation is made.

An intrinsic function is always in its long form here: `!GetAtt A.B` is `{"Fn::GetAtt": ["A", "B"]}`. A place is a tuple of keys and positions.
"""

import copy
import json
import re
from pathlib import Path
from typing import NamedTuple

from cfnlint.decode import cfn_yaml

TEMPLATES = Path(__file__).resolve().parent / "templates"
VARIABLE = re.compile(r"\$\{(?!!)([^}]+)\}")


def load() -> dict[str, dict]:
    """The templates that are mutated, by file name: copies, so that the mutations stay when the project moves on."""
    return {path.name: plain(cfn_yaml.load(str(path))) for path in sorted(TEMPLATES.glob("*.yaml"))}


def plain(node):
    """The same without the marks that cfn-lint's reader leaves."""
    return json.loads(json.dumps(node))


def region(file: str) -> str:
    return "us-east-1" if ".us-east-1." in file else "eu-west-2"


def is_function(value) -> bool:
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::", "Condition"))


class Use(NamedTuple):
    """One reference to a resource or parameter."""

    place: tuple
    """Of the text that names the target; for `Fn::Sub` of the whole text."""
    form: str
    target: str
    attribute: str | None


def uses(template: dict) -> list[Use]:
    """Every reference from resources and outputs, but for those to pseudo parameters and to the names that a `Fn::Sub` brings along."""
    found = []
    for name, body in template["Resources"].items():
        found += references(body.get("Properties"), ("Resources", name, "Properties"))
        waits, place = body.get("DependsOn", []), ("Resources", name, "DependsOn")
        if isinstance(waits, str):
            found.append(Use(place, "DependsOn", waits, None))
        else:
            found += [Use((*place, position), "DependsOn", target, None) for position, target in enumerate(waits)]
    for name, body in template.get("Outputs", {}).items():
        found += references(body, ("Outputs", name))
    return found


def references(value, place: tuple):
    if isinstance(value, list):
        for position, item in enumerate(value):
            yield from references(item, (*place, position))
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        here = (*place, key)
        if key == "Ref" and not inner.startswith("AWS::"):
            yield Use(here, "Ref", inner, None)
        elif key == "Fn::GetAtt":
            yield Use(here, "Fn::GetAtt", *inner)
        elif key == "Fn::Sub":
            text, brought = (inner, {}) if isinstance(inner, str) else inner
            for name in VARIABLE.findall(text):
                target, _, attribute = name.partition(".")
                if name not in brought and not name.startswith("AWS::"):
                    yield Use(here if isinstance(inner, str) else (*here, 0), "Fn::Sub", target, attribute or None)
            yield from references(brought, (*here, 1))
        else:
            yield from references(inner, here)


def edges(template: dict) -> dict[str, list[str]]:
    """Which resources each resource needs before it."""
    needs = {name: set() for name in template["Resources"]}
    for use in uses(template):
        if use.place[0] == "Resources" and use.target in needs:
            needs[use.place[1]].add(use.target)
    return {name: sorted(targets) for name, targets in needs.items()}


def at(node, place: tuple):
    for step in place:
        node = node[step]
    return node


def mutated(template: dict, edits: list[dict]) -> dict:
    """The template after the edits of a record:

    - `{"set": PLACE, "to": VALUE}`, which also adds, and `{"remove": PLACE}`;
    - `{"rename": PLACE, "to": KEY}`;
    - `{"fill": PLACE, "with": {"Name{}": VALUE}, "until": COUNT}` adds numbered entries to the map until it has COUNT;
    - `{"text": PLACE, "length": COUNT}` sets a text of COUNT letters.

    What is on the way to a place and missing is added, as a map.
    """
    template = copy.deepcopy(template)
    for edit in edits:
        operation = next(iter(edit))
        *within, last = edit[operation]
        parent = template
        for step in within:
            parent = parent.setdefault(step, {}) if isinstance(parent, dict) else parent[step]
        if operation == "set":
            parent[last] = edit["to"]
        elif operation == "remove":
            del parent[last]
        elif operation == "rename":
            entries = [(edit["to"] if key == last else key, value) for key, value in parent.items()]
            parent.clear()
            parent.update(entries)
        elif operation == "text":
            parent[last] = "x" * edit["length"]
        elif operation == "fill":
            filled = parent.setdefault(last, {})
            (key, value), *_ = edit["with"].items()
            for number in range(1, edit["until"] - len(filled) + 1):
                filled[key.replace("{}", str(number))] = json.loads(json.dumps(value).replace("{}", str(number)))
        else:
            raise ValueError(f"unknown edit {operation}")
    return template
