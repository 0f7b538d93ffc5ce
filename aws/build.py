#!/usr/bin/env python3
"""Makes `resource-types.bin`: what AWS publishes about its CloudFormation resource types, as the compiler reads it; and, by
`metrics.py`, `metrics.yaml`.

    aws/build.py [--check]

Facts only, from two public packages at the versions pinned below: cfn-lint (MIT-0), which carries AWS's resource provider
schemas with its corrections, and @aws-cdk/aws-service-spec (Apache-2.0), which knows a few replacements more, what holds
state, and metrics. Both are installed by `tests/judges/setup`; nothing else is read, so that the same packages give the same bytes.
`--check` compares with the committed files instead of writing them.

The file, little endian; `n` is a number in LEB128, `s` a string by its number:

    magic   "AWSTYPES" 1
    header  n strings, n types, n regions, n bytes of text, then fixed tables
    tables  u32 end of each string's text; u64 of each type: name s (u32), start of its chunk (u32); u64 the regions that have it
    regions s each; source: s each of package and version, twice
    text    all strings in one, UTF-8; those used most come first, so that their numbers are short
    chunks  one a type: fields, each a code (see `type_chunk`) and what belongs to it, ended by 0

A chunk holds schemas as keywords, each a code (see `schema`) and what belongs to it, ended by 0.
"""

import gzip
import importlib
import importlib.metadata
import json
import re
import struct
import sys
from collections import Counter
from pathlib import Path

import cfnlint
from cfnlint.config import ConfigMixIn
from cfnlint.runner import Runner
from cfnlint.schema._getatts import GetAtts
from cfnlint.schema._schema import Schema

import metrics

HERE = Path(__file__).resolve().parent
TYPES_FILE, METRICS_FILE = HERE / "resource-types.bin", HERE / "metrics.yaml"
SPEC = HERE.parent / "target/judges/js/node_modules/@aws-cdk/aws-service-spec"
PINNED = {"cfn-lint": "1.58.0", "@aws-cdk/aws-service-spec": "0.1.216"}

DATA = Path(cfnlint.__file__).parent / "data" / "schemas"
TYPES = {"string": 1, "number": 2, "integer": 4, "boolean": 8, "object": 16, "array": 32, "null": 64}
# What decides nothing about a template, or stands on a level of its own.
SILENT = {
    "$comment", "$id", "$schema", "additionalIdentifiers", "additionalProperties", "arrayType", "awsType", "cfnContext", "cfnLint", "default",
    "definitions", "dependencies", "deprecated", "deprecatedProperties", "description", "documentationUrl", "dynamicValidation", "else", "examples",
    "exclusiveMaximum", "exclusiveMinimum", "handlers", "insertionOrder", "lifecycle", "markdownDescription", "maxItems", "maxLength", "maxProperties",
    "maxUniqueItems", "maximum", "minItems", "minLength", "minProperties", "minimum", "patternProperties", "primaryIdentifier", "propertyTransform",
    "readOnlyProperties", "relationshipRef", "replacementStrategy", "resourceLink", "sourceUrl", "taggable", "tagging", "then", "title",
    "typeConfiguration", "typeName", "writeOnlyProperties", "createOnlyProperties", "conditionalCreateOnlyProperties", "nonPublicProperties",
}  # fmt: skip


# The rules of cfn-lint about policy documents, and the schema of each.
POLICIES = {
    "IdentityPolicy": "policy_identity",
    "ResourcePolicy": "policy_resource",
    "ResourceEcrPolicy": "policy_resource_ecr",
    "TrustPolicy": "policy_trust",
}
# E3062 is a table of five megabytes about which class of database goes with which engine version where.
SKIPPED = {"E3062"}


# What cannot change without a new resource by its page in the CloudFormation Template Reference, read 2026-11-22, and stands in neither
# package: a local index is made with its table ("A local secondary index can only be created when its parent table is created").
REPLACES = {"AWS::DynamoDB::Table": ["LocalSecondaryIndexes"]}


class Writer:
    """Bytes, with strings by number; the numbers are given when all strings are known."""

    def __init__(self):
        self.items = []

    def number(self, n: int):
        self.items.append(n)

    def string(self, text: str):
        self.items.append(text)

    def raw(self, data: bytes):
        self.items.append(data)

    def strings(self, texts):
        self.number(len(texts))
        for text in texts:
            self.string(text)

    def texts(self):
        for item in self.items:
            if isinstance(item, str):
                yield item
            elif isinstance(item, Writer):
                yield from item.texts()

    def bytes(self, numbers: dict[str, int]) -> bytes:
        out = bytearray()
        for item in self.items:
            if isinstance(item, bytes):
                out += item
            elif isinstance(item, Writer):  # with its length, so that it can be left out
                inner = item.bytes(numbers)
                out += leb128(len(inner)) + inner
            else:
                out += leb128(numbers[item] if isinstance(item, str) else item)
        return bytes(out)


def leb128(n: int) -> bytes:
    out = bytearray()
    while True:
        n, low = n >> 7, n & 0x7F
        if not n:
            return bytes([*out, low])
        out.append(low | 0x80)


def scalar(w: Writer, value):
    """0 text, 1 whole number (zigzag), 2 other number (f64), 3 false, 4 true, 5 null."""
    if isinstance(value, bool):
        w.number(3 + value)
    elif value is None:
        w.number(5)
    elif isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        w.number(1)
        w.number(int(value) * 2 if value >= 0 else -int(value) * 2 - 1)
    elif isinstance(value, float):
        w.number(2)
        w.raw(struct.pack("<d", value))
    elif isinstance(value, str):
        w.number(0)
        w.string(value)
    else:
        sys.exit(f"no scalar: {value!r}")


class Chunk:
    """Writes schemas; whatever a `$ref` names becomes a definition."""

    def __init__(self, document: dict, others: dict[str, dict]):
        self.document, self.others = document, others
        self.names: list[tuple[dict, str]] = []
        self.regions: list[str] = []

    def definition(self, document: dict, ref: str) -> int:
        other, _, pointer = ref.partition("#")
        if other:
            document = self.others[other]
        for at, (known, name) in enumerate(self.names):
            if known is document and name == pointer:
                return at
        self.names.append((document, pointer))
        return len(self.names) - 1

    def resolved(self, at: int):
        document, pointer = self.names[at]
        found = document
        for step in pointer.strip("/").split("/"):
            found = found[int(step)] if isinstance(found, list) else found[step.replace("~1", "/").replace("~0", "~")]
        return document, found

    def schema(self, w: Writer, s, document: dict):
        if s is False:
            w.number(1)
            w.number(0)
            return
        if s is True:
            w.number(0)
            return
        unknown = set(s) - SILENT - set(KEYWORDS)
        if unknown:
            sys.exit(f"keyword of a schema that is not known: {sorted(unknown)} in {json.dumps(s)[:200]}")
        for key, write in KEYWORDS.items():
            if key in s:
                write(self, w, s[key], document)
        self.bounds(w, 10, s, ("minLength", "maxLength"))
        self.bounds(w, 11, s, ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"))
        self.bounds(w, 15, s, ("minItems", "maxItems"))
        self.bounds(w, 16, s, ("minProperties", "maxProperties"))
        self.object(w, s, document)
        if "if" in s:
            w.number(23)
            for key in ("if", "then", "else"):
                self.schema(w, s.get(key, True), document)
        needs = {k: v for k, v in {**s.get("dependencies", {}), **s.get("dependentRequired", {})}.items() if isinstance(v, list)}
        if needs:
            named_lists(self, w, 28, needs)
        w.number(0)

    def bounds(self, w: Writer, code: int, s: dict, keys: tuple[str, ...]):
        there = [k for k in keys if s.get(k) is not None and not isinstance(s[k], bool)]
        if there:
            w.number(code)
            w.number(sum(1 << keys.index(k) for k in there))
            for key in there:
                scalar(w, float(s[key]) if isinstance(s[key], str) else s[key])

    def object(self, w: Writer, s: dict, document: dict):
        properties, patterns, rest = s.get("properties", {}), s.get("patternProperties", {}), s.get("additionalProperties", True)
        if not properties and not patterns and rest is True:
            return
        w.number(4)
        for named in (properties, patterns):
            w.number(len(named))
            for name in sorted(named):
                w.string(name)
                self.schema(w, named[name], document)
        w.number(0 if rest is True else 1 if rest is False else 2)
        if isinstance(rest, dict):
            self.schema(w, rest, document)

    def by_region(self, w: Writer, tables: dict[str, list[str]]):
        w.number(31)
        w.raw(mask(self.regions, tables))
        values, listed_ = sorted({v for values in tables.values() for v in values}), Writer()
        listed_.number(len(values))
        for value in values:
            listed_.string(value)
            listed_.raw(mask(self.regions, [r for r, values in tables.items() if value in values]))
        w.items.append(listed_)


def mask(regions: list[str], among) -> bytes:
    return struct.pack("<Q", sum(1 << at for at, region in enumerate(regions) if region in among))


def listed(code):
    def write(chunk, w, value, document):
        w.number(code)
        w.strings(value)

    return write


def schemas(code):
    def write(chunk, w, value, document):
        w.number(code)
        w.number(len(value))
        for s in value:
            chunk.schema(w, s, document)

    return write


def one(code):
    def write(chunk, w, value, document):
        if code == 13 and isinstance(value, list):
            schemas(14)(chunk, w, value, document)
            return
        w.number(code)
        chunk.schema(w, value, document)

    return write


def scalars(code):
    def write(chunk, w, value, document):
        value = [v for v in value if not isinstance(v, (list, dict))]
        w.number(code)
        w.number(len(value))
        for v in value:
            scalar(w, v)

    return write


def text(code):
    def write(chunk, w, value, document):
        w.number(code)
        w.string(value)

    return write


def named_lists(chunk, w, code, value):
    w.number(code)
    w.number(len(value))
    for name in sorted(value):
        w.string(name)
        w.strings(value[name])


def reference(chunk, w, value, document):
    w.number(2)
    w.number(chunk.definition(document, value))


def types(chunk, w, value, document):
    w.number(3)
    w.number(sum(TYPES[t] for t in ([value] if isinstance(value, str) else value)))


def flag(code):
    def write(chunk, w, value, document):
        if value:
            w.number(code)

    return write


KEYWORDS = {
    "$ref": reference,
    "type": types,
    "required": lambda chunk, w, value, document: listed(5)(chunk, w, value, document) if isinstance(value, list) else None,
    "enum": scalars(6),
    "enumCaseInsensitive": scalars(7),
    "const": lambda chunk, w, value, document: scalars(6)(chunk, w, [value], document),
    "pattern": text(9),
    "multipleOf": lambda chunk, w, value, document: (w.number(12), scalar(w, value)),
    "items": one(13),
    "prefixItems": schemas(14),
    "uniqueItems": flag(17),
    "uniqueKeys": listed(18),
    "format": text(19),
    "oneOf": schemas(20),
    "anyOf": lambda chunk, w, value, document: any_of(chunk, w, value, document),
    "allOf": schemas(22),
    "not": one(24),
    "propertyNames": one(25),
    "requiredXor": listed(26),
    "requiredOr": listed(27),
    "dependentExcluded": lambda chunk, w, value, document: named_lists(chunk, w, 29, value),
    "contains": one(30),
    "enumByRegion": lambda chunk, w, value, document: chunk.by_region(w, value),
    "document": text(32),
    # Written elsewhere.
    "properties": lambda *_: None,
    "dependentRequired": lambda *_: None,
    "if": lambda *_: None,
}


def any_of(chunk, w, value, document):
    """Alternatives that say only what a reference should point at decide nothing."""
    if not all(isinstance(s, dict) and set(s) <= {"relationshipRef"} for s in value):
        schemas(21)(chunk, w, value, document)


def paths(s: dict, key: str) -> list[str]:
    steps = (p.removeprefix("/properties/").replace("/items/", "/*/").replace("/properties/", "/") for p in s.get(key, []))
    return sorted({p.removesuffix("/items") for p in steps})


def type_chunk(s: dict, rules: list, spec: dict, regions: list[str]) -> Writer:
    w, chunk = Writer(), Chunk(s, {})
    chunk.regions = regions
    name = s["typeName"]
    known = spec.get(name, {"stateful": False, "yes": [], "maybe": []})
    top = lambda names: [n for n in names if n in s["properties"]]
    create = set(paths(s, "createOnlyProperties")) | set(top(known["yes"])) | set(REPLACES.get(name, []))
    conditional = (set(paths(s, "conditionalCreateOnlyProperties")) | set(top(known["maybe"]))) - create
    # What is known of a part is known; "maybe" of the whole would say less.
    conditional = {p for p in conditional if not any(c.startswith(p + "/") for c in create)}
    attributes = sorted(k.replace("\\.", ".").replace("..*", ".*") for k in GetAtts(Schema(json.loads(json.dumps(s)))).attrs.data)
    for code, listing in (
        (1, paths(s, "readOnlyProperties")),
        (2, sorted(create)),
        (3, sorted(conditional)),
        (4, paths(s, "writeOnlyProperties")),
        (5, [p.removeprefix("/properties/").replace("/properties/", "/") for p in s.get("primaryIdentifier", [])]),
        (6, paths(s, "deprecatedProperties")),
        (7, ["*"] if attributes == [".*"] else attributes),
    ):
        if listing:
            w.number(code)
            w.strings(listing)
    if s.get("replacementStrategy") == "delete_then_create":
        w.number(8)
    tagging = s.get("tagging", {})
    if tagging.get("taggable", s.get("taggable", False)):
        w.number(9)
        w.string(tagging.get("tagProperty", "/properties/Tags").removeprefix("/properties/"))
    if s.get("lifecycle", {}).get("status"):
        w.number(10)
        w.string(s["lifecycle"]["status"])
    if known["stateful"]:
        w.number(14)
    w.number(12)
    chunk.schema(w, s, s)
    if rules:
        w.number(13)
        w.number(len(rules))
        for rule in rules:
            w.string(rule["id"])
            w.string(rule["text"])
            w.string(rule["path"])
            chunk.schema(w, rule["schema"], rule["schema"])
    definitions(w, chunk)
    w.number(0)
    return w


def definitions(w: Writer, chunk: Chunk):
    """Those that were asked for, and those that they ask for in turn."""
    bodies, at = Writer(), 0
    while at < len(chunk.names):
        document, found = chunk.resolved(at)
        bodies.string(chunk.names[at][1].split("/")[-1])
        chunk.schema(bodies, found, document)
        at += 1
    if at:
        w.number(11)
        w.number(at)
        w.items += bodies.items


def policy_chunk(name: str, regions: list[str]) -> Writer:
    load = lambda file: json.loads((DATA / "other/iam" / f"{file}.json").read_text())
    s, w = load(name), Writer()
    chunk = Chunk(s, {"policy": load("policy"), "identity": load("policy_identity"), "resource": load("policy_resource")})
    chunk.regions = regions
    w.number(12)
    chunk.schema(w, s, s)
    definitions(w, chunk)
    w.number(0)
    return w


def lint_rules(wanted) -> dict[str, list]:
    """The conditional rules of cfn-lint that are schemas, by the type that they are about."""
    found: dict[str, list] = {}
    importlib.import_module("cfnlint.rules.jsonschema.CfnLintJsonSchema")
    class_ = sys.modules["cfnlint.rules.jsonschema.CfnLintJsonSchema"].CfnLintJsonSchema
    before, recorded = class_.__init__, {}

    def init(self, keywords=None, schema_details=None, all_matches=False):
        before(self, keywords, schema_details, all_matches)
        if schema_details:
            recorded[self.id] = (self, schema_details)

    class_.__init__ = init
    Runner(ConfigMixIn(regions=["us-east-1"], include_checks=["W", "E"], templates=[])).rules  # makes every rule
    class_.__init__ = before
    for id_ in sorted(recorded):
        rule, details = recorded[id_]
        folder = details.module.__name__
        if ".extensions." not in folder or id_[0] not in "EW" or id_ in SKIPPED:
            continue
        s = json.loads((DATA / "extensions" / folder.split(".")[-1] / details.filename).read_text())
        if "cfnGather" in s:  # compares resources with each other
            continue
        if "us-east-1" in s:
            s = regional(s)
        if id_ in ENGINES:
            s = any_case(s)
        attach(found, id_, rule.description, rule.keywords, s, wanted)
    for class_name, file in POLICIES.items():
        rule = getattr(importlib.import_module(f"cfnlint.rules.resources.iam.{class_name}"), class_name)()
        attach(found, rule.id, rule.description, rule.keywords, {"document": file}, wanted)
    return found


# Rules before which cfn-lint makes the name of a database's engine small.
ENGINES = {"E3025", "E3682", "E3691", "E3692", "E3693", "E3694", "E3719", "E3721", "W3691", "W3693"}


def any_case(s):
    """The same schema, to which the case of letters in the engine's name is nothing."""
    if isinstance(s, list):
        return [any_case(x) for x in s]
    if not isinstance(s, dict):
        return s
    made = {key: any_case(value) for key, value in s.items()}
    engine = made.get("properties", {}).get("Engine") if isinstance(made.get("properties"), dict) else None
    if isinstance(engine, dict) and ("enum" in engine or "const" in engine):
        listed_ = engine.pop("enum", None) or [engine.pop("const")]
        engine["enumCaseInsensitive"] = listed_
    return made


def attach(found: dict, id_: str, text_: str, keywords: list[str], s: dict, wanted):
    for keyword in keywords:
        match = re.fullmatch(r"Resources/(AWS::[^/]+)/Properties/?(.*)", keyword)
        if match and match[1] in wanted:
            found.setdefault(match[1], []).append({"id": id_, "text": text_, "path": match[2], "schema": s})


def regional(tables: dict):
    """One schema of those of all regions: what they list becomes a list by region."""
    tables = {r: t for r, t in tables.items() if isinstance(t, dict)}  # beside a comment
    if all(set(t) == {"enum"} for t in tables.values()):
        return {"enumByRegion": {r: t["enum"] for r, t in sorted(tables.items())}}
    cases: dict[str, dict] = {}
    for region, table in sorted(tables.items()):
        for case in table["allOf"]:
            ((name, listed_),) = case["then"]["properties"].items()
            entry = cases.setdefault(json.dumps([case["if"], name], sort_keys=True), {})
            entry[region] = listed_["enum"]
    merged = []
    for key in sorted(cases):
        condition, name = json.loads(key)
        # A region without the case does not offer the combination; that is left to the deploy.
        merged.append({"if": condition, "then": {"properties": {name: {"enumByRegion": cases[key]}}}})
    return {"allOf": merged}


def service_spec(database: dict) -> dict:
    """What `aws-service-spec` says of each type: whether it holds state, and which properties replace it."""
    found = {}
    for resource in database["schema"]["resource"]["entities"]:
        replaces = {"yes": [], "maybe": []}
        for name, property_ in resource.get("properties", {}).items():
            if property_.get("causesReplacement") in replaces:
                replaces[property_["causesReplacement"]].append(name)
        found[resource["cloudFormationType"]] = {"stateful": bool(resource.get("isStateful")), **replaces}
    return found


def document(database: dict) -> bytes:
    providers = {p.stem: json.loads(p.read_text()) for p in sorted((DATA / "providers").glob("*.json")) if p.stem != "sam"}
    regions = sorted(providers)
    hashes: dict[str, str] = {}
    for provider in providers.values():
        for name, hash_ in provider.items():
            if hashes.setdefault(name, hash_) != hash_:
                sys.exit(f"{name} has more than one schema")
    names = sorted(n for n in hashes if n.startswith(("AWS::", "Alexa::")))
    rules, spec = lint_rules(set(names)), service_spec(database)
    chunks = {}
    for name in names:
        s = json.loads((DATA / "resources" / f"{hashes[name]}.json").read_text())
        chunks[name] = type_chunk(s, rules.get(name, []), spec, regions)
    for name in POLICIES.values():
        chunks[name] = policy_chunk(name, regions)
    names = sorted(chunks)

    sources = [x for package, version in sorted(PINNED.items()) for x in (package, version)]
    uses = Counter(x for w in chunks.values() for x in w.texts())
    uses.update([*names, *regions, *sources])
    strings = [text_ for text_, _ in sorted(uses.items(), key=lambda item: (-item[1], item[0]))]
    numbers = {text_: at for at, text_ in enumerate(strings)}
    body, starts = bytearray(), {}
    for name in names:
        starts[name] = len(body)
        body += chunks[name].bytes(numbers)
    text_, ends = bytearray(), []
    for string in strings:
        text_ += string.encode()
        ends.append(len(text_))
    out = bytearray(b"AWSTYPES" + struct.pack("<5I", 1, len(strings), len(names), len(regions), len(text_)))
    for end in ends:
        out += struct.pack("<I", end)
    for name in names:
        among = [r for r in regions if name in providers[r]]
        out += struct.pack("<II", numbers[name], starts[name]) + mask(regions, among)
    for string in (*regions, *sources):
        out += struct.pack("<I", numbers[string])
    return bytes(out + text_ + body)


def main():
    installed = importlib.metadata.version("cfn-lint")
    spec = json.loads((SPEC / "package.json").read_text())["version"] if SPEC.exists() else "none"
    for package, version in (("cfn-lint", installed), ("@aws-cdk/aws-service-spec", spec)):
        if version != PINNED[package]:
            sys.exit(f"{package} {version} is installed, and {PINNED[package]} is pinned: run tests/judges/setup")
    database = json.loads(gzip.decompress((SPEC / "db.json.gz").read_bytes()))
    listed_metrics = metrics.text(database, f"@aws-cdk/aws-service-spec {spec}").encode()
    for file, made in ((TYPES_FILE, document(database)), (METRICS_FILE, listed_metrics)):
        if "--check" not in sys.argv[1:]:
            file.write_bytes(made)
        elif not file.exists() or file.read_bytes() != made:
            sys.exit(f"aws/{file.name} is not what aws/build.py makes of the pinned packages: run it and commit the file")
        print(f"aws/{file.name}: {len(made):,} bytes")


if __name__ == "__main__":
    main()
