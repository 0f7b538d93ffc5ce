"""Judge: four YAML readers see the same data in every committed output file, templates and others.

`output.py [PROJECT]`, by default this repository. The readers: PyYAML, cfn-lint's, the aws CLI's, and js-yaml. Data means JSON: text,
numbers, booleans, null, lists, and maps with text as keys, short-form functions in their long form. A date is a failure.
"""

import json
import math
import subprocess
import sys

import yaml
from awscli.customizations.cloudformation.yamlhelper import yaml_parse
from cfnlint.decode import cfn_yaml

import project


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """PyYAML with CloudFormation's short forms."""


def function(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        value = value.split(".", 1) if suffix == "GetAtt" else value
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


Loader.add_multi_constructor("!", function)


def plain(value, at="$"):
    """The value as JSON data; whole floats become integers, as JavaScript has it."""
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise ValueError(f"{at} has the key {key!r}, which is not text")
        return {str(key): plain(item, f"{at}.{key}") for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item, f"{at}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return int(value) if value.is_integer() else value
    raise ValueError(f"{at} is {value!r}, a {type(value).__name__}")


def differ(one, other, at="$"):
    """Where two values of `plain` differ first, or None."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return next(filter(None, (differ(one[key], other[key], f"{at}.{key}") for key in one)), None)
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return next(filter(None, (differ(*pair, f"{at}[{index}]") for index, pair in enumerate(zip(one, other)))), None)
    return None if type(one) is type(other) and one == other else f"{at}: {one!r} and {other!r}"


paths = project.outputs()
script = project.HERE.parents[1] / "target/judges/js/output.mjs"
lines = subprocess.run(
    ["node", script], input="\n".join(map(str, paths)), stdout=subprocess.PIPE, text=True, encoding="utf-8", check=True
).stdout.splitlines()
by_script = dict(zip(paths, map(json.loads, lines), strict=True))


def read_by_script(path):
    read = by_script[path]
    if "error" in read:
        raise ValueError(read["error"])
    return read["data"]


READERS = {
    "PyYAML": lambda path: yaml.load(path.read_bytes(), Loader),
    "cfn-lint": lambda path: cfn_yaml.load(str(path)),
    "aws CLI": lambda path: yaml_parse(path.read_text(encoding="utf-8")),
    "js-yaml": read_by_script,
}

failed = []
for path in paths:
    seen = {}
    for reader, read in READERS.items():
        try:
            seen[reader] = plain(read(path))
        except Exception as error:
            failed.append(f"{project.name(path)}: {reader}: {error}")
    first, *others = seen or [None]
    for other in others:
        if where := differ(seen[first], seen[other]):
            failed.append(f"{project.name(path)}: {first} and {other} differ at {where}")
print(*failed, sep="\n", end="\n" if failed else "")
print(f"{', '.join(READERS)}: {len(paths)} files, {len(failed)} failures")
sys.exit(1 if failed else 0)
