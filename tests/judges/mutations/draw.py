"""Draws 300 mutations of Reggie's templates, 30 of each kind, from a fixed seed.

Each is wrong by what AWS publishes: it breaks a keyword of the resource type's schema that holds whatever else holds, or a rule of the CloudFormation
User Guide, whose page `why` names. No tool is asked. `draw.py` writes `records.jsonl` anew; the judge compares.
"""

import json
import sys
from pathlib import Path
from typing import NamedTuple

import regex

from chance import Chance
from limit import limit
from reference import circle, dangling_reference, wrong_attribute
from schema import VERSION, Node, nodes, types
from template import is_function, load, region

RECORDS = Path(__file__).resolve().parent / "records.jsonl"
SEED, EACH = 5, 30


class Candidate(NamedTuple):
    bucket: str
    """Buckets take turns: mostly the resource type."""
    group: str
    """Within a bucket each group is drawn before any is drawn again: mostly the property."""
    file: str
    edits: list
    what: str
    why: str


def spread(candidates: list[Candidate], chance: Chance) -> list[Candidate]:
    """Draws from bucket after bucket, and from no group again before every group of every bucket was drawn from."""
    groups: dict[str, dict[str, list]] = {}
    for candidate in candidates:
        groups.setdefault(candidate.bucket, {}).setdefault(candidate.group, []).append(candidate)
    buckets = [
        [chance.shuffled(groups[bucket][group]) for group in chance.shuffled(sorted(groups[bucket]))] for bucket in chance.shuffled(sorted(groups))
    ]
    drawn = []
    for again in range(max(len(group) for bucket in buckets for group in bucket)):
        queues = [[group[again] for group in bucket if again < len(group)] for bucket in buckets]
        drawn += [queue[turn] for turn in range(max(map(len, queues))) for queue in queues if turn < len(queue)]
    return drawn[:EACH] if len(drawn) >= EACH else stop(f"only {len(drawn)} candidates for {EACH} mutations")


def stop(why: str):
    print(why, file=sys.stderr)
    sys.exit(1)


def set_nodes(templates):
    for file, template in templates.items():
        for node in nodes(template, region(file)):
            yield file, node


def candidate(file: str, node: Node, edit: dict, what: str, why: str, detail: str = "") -> Candidate:
    return Candidate(node.type, f"{node.type} {node.shape}{detail}", file, [edit], what, f"{node.type} {node.shape or 'Properties'}: {why}")


def misspelt_property(templates, chance):
    for file, node in set_nodes(templates):
        known = node.schema.get("properties")
        if not known or node.schema.get("additionalProperties") is not False or not isinstance(node.value, dict) or is_function(node.value):
            continue
        for key in node.value:
            slip = chance.misspelt(key)
            if key in known and slip not in known and not any(regex.search(p, slip) for p in node.schema.get("patternProperties", {})):
                edit = {"rename": [*node.place, key], "to": slip}
                yield candidate(file, node, edit, f"{key} is written {slip}", f"additionalProperties is false, no property {slip}", f"/{key}")


def wrong_type(templates, chance):
    """CloudFormation turns texts into numbers and booleans and back, so none of these is a scalar that it could turn."""
    for file, node in set_nodes(templates):
        wanted = types(node.schema)
        if node.value is None or not node.shape or not wanted:
            continue
        wrong = {"map": {"Value": node.value}, "list": [node.value], "text": "many"}
        if "object" in wanted:
            del wrong["map"]
        if "array" in wanted:
            del wrong["list"]
        if "string" in wanted or node.shape.endswith("PolicyDocument"):
            del wrong["text"]
        if wrong:
            is_now = chance.choice(sorted(wrong))
            edit, named = {"set": list(node.place), "to": wrong[is_now]}, "|".join(sorted(wanted))
            yield candidate(file, node, edit, f"a {is_now} where {named} is wanted", f"type {named}")._replace(bucket=named)


def missing_required(templates, _):
    for file, node in set_nodes(templates):
        if isinstance(node.value, dict) and not is_function(node.value):
            for key in node.schema.get("required", []):
                if key in node.value:
                    yield candidate(file, node, {"remove": [*node.place, key]}, f"{key} is missing", f"required {key}", f"/{key}")


def added(node: Node) -> str:
    return "" if node.value is not None else ", added"


def not_in_enum(templates, chance):
    for file, node in set_nodes(templates):
        allowed = node.schema.get("enum") or node.schema.get("enumCaseInsensitive")
        if not allowed or isinstance(node.value, (dict, list)) or not all(isinstance(one, (str, int)) for one in allowed):
            continue
        now = node.value if node.value is not None else chance.choice(allowed)
        if isinstance(now, str):
            wrong = chance.misspelt(now)
        else:
            wrong = now + 1
        if str(wrong).casefold() not in {str(one).casefold() for one in allowed}:
            edit = {"set": list(node.place), "to": wrong}
            yield candidate(file, node, edit, f"{wrong!r} for {now!r}{added(node)}", f"enum of {len(allowed)} without {wrong!r}", added(node))


def not_of_pattern(templates, chance):
    for file, node in set_nodes(templates):
        pattern = node.schema.get("pattern")
        if not pattern or types(node.schema) != {"string"} or "enum" in node.schema or isinstance(node.value, list):
            continue
        now = node.value if isinstance(node.value, str) else "arn:aws:kms:eu-west-2:123456789012:key/one" if "arn" in pattern else "reggie"
        middle = len(now) // 2
        wrong = [now[:middle] + " " + now[middle:], now + "!", "-" + now, now + "/§", f"<{now}>", now.replace(":", ";")]
        short, long = node.schema.get("minLength", 0), node.schema.get("maxLength", 1 << 30)
        wrong = [text for text in wrong if not regex.search(pattern, text) and short <= len(text) <= long]
        if wrong:
            text = chance.choice(wrong)
            edit = {"set": list(node.place), "to": text}
            yield candidate(file, node, edit, f"{text!r}{added(node)}", f"pattern {pattern}", added(node))


def out_of_range(templates, chance):
    for file, node in set_nodes(templates):
        schema, wanted, wrong = node.schema, types(node.schema), []
        if wanted & {"integer", "number"} and not isinstance(node.value, dict):
            if "maximum" in schema:
                wrong.append((schema["maximum"] + 1, "maximum"))
            if "minimum" in schema:
                wrong.append((schema["minimum"] - 1, "minimum"))
        elif wanted == {"string"} and "enum" not in schema:
            now = node.value if isinstance(node.value, str) and node.value else "a"
            if 0 < schema.get("maxLength", 0) <= 1024:
                wrong.append(((now * (schema["maxLength"] // len(now) + 1))[: schema["maxLength"] + 1], "maxLength"))
            if schema.get("minLength", 0) > 0:
                wrong.append((now[:1] * (schema["minLength"] - 1), "minLength"))
        elif wanted == {"array"} and isinstance(node.value, list) and node.value:
            if schema.get("maxItems", 1000) < 1000:
                wrong.append(((node.value * (schema["maxItems"] + 1))[: schema["maxItems"] + 1], "maxItems"))
            if schema.get("minItems", 0) > 0:
                wrong.append((node.value[: schema["minItems"] - 1], "minItems"))
        for value, keyword in wrong:
            edit = {"set": list(node.place), "to": value}
            shown = value if isinstance(value, (int, float)) else f"{len(value)} {'characters' if isinstance(value, str) else 'items'}"
            yield candidate(file, node, edit, f"{shown}{added(node)}", f"{keyword} {schema[keyword]}", added(node))._replace(bucket=keyword)


KINDS = {
    "misspelt property": misspelt_property,
    "wrong type": wrong_type,
    "missing required": missing_required,
    "enum": not_in_enum,
    "pattern": not_of_pattern,
    "range": out_of_range,
    "dangling reference": dangling_reference,
    "wrong attribute": wrong_attribute,
    "circle": circle,
    "limit": limit,
}


def draw() -> str:
    """All records, one JSON object a line; the first line says what they were drawn from."""
    templates, chance = load(), Chance(SEED)
    lines = [{"seed": SEED, "schemas": f"cfn-lint {VERSION}", "templates": list(templates)}]
    for kind, candidates in KINDS.items():
        found = [Candidate(*one) for one in candidates(templates, chance)]
        for number, one in enumerate(spread(found, chance), 1):
            name = f"{kind.replace(' ', '-')}-{number:02}"
            lines.append({"id": name, "kind": kind, "file": one.file, "what": one.what, "why": one.why, "edits": one.edits})
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def records() -> list[dict]:
    """The committed records. They must be what is drawn, unless the schemas are no longer those that they were drawn from."""
    committed = RECORDS.read_text(encoding="utf-8")
    first, *rest = map(json.loads, committed.splitlines())
    if first["schemas"] != f"cfn-lint {VERSION}":
        print(f"mutations: drawn from the schemas of {first['schemas']}, which are not those of cfn-lint {VERSION}: not drawn again")
    elif committed != draw():
        stop(f"{RECORDS.name} is not what seed {first['seed']} draws: git diff after `python tests/judges/mutations/draw.py` says how it differs")
    return rest


if __name__ == "__main__":
    RECORDS.write_text(draw(), encoding="utf-8")
