"""Reads what our printer wrote with the YAML readers of Python.

    python read_python.py READER... cases.yaml expected.json

READER is one or more of `pyyaml`, `pyyaml-c`, `cfn-lint`, `aws-cli`; without any, those that can be imported are asked.
`cfn-lint` and `aws-cli` need the packages of these names, which want different versions of others: give each an
environment of its own.

`cases.yaml` and `expected.json` are written by `cargo test --test it hostile` to `target/hostile/`. The exit code is 1 if
any reader read anything else than expected, or if none was asked.
"""

import json
import sys


def tag_constructor(loader, name, node):
    """What CloudFormation makes of `!Name value`: the long form of the function, the value of a scalar being a text."""
    import yaml

    key = name if name in ("Ref", "Condition") else "Fn::" + name
    if isinstance(node, yaml.ScalarNode):
        return {key: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {key: loader.construct_sequence(node, deep=True)}
    return {key: loader.construct_mapping(node, deep=True)}


def with_yaml(base_name):
    import yaml

    base = getattr(yaml, base_name)
    loader = type("Loader", (base,), {})
    loader.add_multi_constructor("!", tag_constructor)
    return lambda path: yaml.load(text_of(path), Loader=loader)


def with_cfn_lint():
    from cfnlint.decode import cfn_yaml

    return cfn_yaml.load


def with_aws_cli():
    from awscli.customizations.cloudformation.yamlhelper import yaml_parse

    return lambda path: yaml_parse(text_of(path))


READERS = {
    "pyyaml": lambda: with_yaml("SafeLoader"),
    "pyyaml-c": lambda: with_yaml("CSafeLoader"),
    "cfn-lint": with_cfn_lint,
    "aws-cli": with_aws_cli,
}


def text_of(path):
    # As bytes are: the text modes of Python change line breaks.
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def differences(read, expected, path):
    """The places where a document is not what was expected, and how often it was right."""
    # `True == 1` and `1 == 1.0` in Python, but not in a template. The classes of cfn-lint derive from those of Python.
    for kind in (bool, str, dict, list):
        if isinstance(expected, kind) != isinstance(read, kind):
            return [(path, read, expected)]
    if isinstance(expected, dict):
        if list(read) != list(expected):
            return [(path + " (keys)", list(read), list(expected))]
        return [d for key in expected for d in differences(read[key], expected[key], f"{path}.{key[:40]!r}")]
    if isinstance(expected, list):
        if len(read) != len(expected):
            return [(path + " (length)", len(read), len(expected))]
        return [d for i, value in enumerate(expected) for d in differences(read[i], value, f"{path}[{i}]")]
    return [] if read == expected else [(path, read, expected)]


def judge(name, cases_path, expected):
    try:
        document = READERS[name]()(cases_path)
    except ImportError:
        raise
    except Exception as error:  # A reader that refuses the file is a mismatch, and so is one that crashes.
        print(f"{name}: cannot read the file: {error}")
        return False
    # cfn-lint gives the document, or a pair of it and its findings, as its versions have it.
    if isinstance(document, tuple):
        document = document[0]
    found = differences(document, expected, "")
    for path, read, wanted in found:
        print(f"{name}: {path}: read {read!r:.200}, expected {wanted!r:.200}")
    count = sum(len(case) for case in expected["Cases"])
    print(f"{name}: {len(expected['Cases'])} texts in {count} places, {len(found)} mismatches")
    return not found


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    *names, cases_path, expected_path = sys.argv[1:]
    expected = json.loads(text_of(expected_path))
    results = []
    for name in names or READERS:
        try:
            results.append(judge(name, cases_path, expected))
        except ImportError as error:
            if names:
                sys.exit(f"{name}: not installed: {error}")
    sys.exit(0 if results and all(results) else 1)


if __name__ == "__main__":
    main()
