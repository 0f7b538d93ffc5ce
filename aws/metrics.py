"""Makes `metrics.yaml`: the metrics of AWS's services and the dimensions under which they are written, as the compiler reads them.

`aws/build.py` calls this. What the package lacks stands in `metrics-read.yaml`, in the same form.
"""

import re

# What the package says of REST APIs and their guide does not: their dimensions begin with the API's name, those of other APIs with its id
# (API Gateway Developer Guide, "Amazon API Gateway dimensions and metrics", read 2026-11-22).
WRONG = {("AWS/ApiGateway", name, "ApiId+Stage") for name in ("4XXError", "5XXError", "CacheHitCount", "CacheMissCount")}
# The dimensions that have one value for everybody. The package has a value for others too, as an example.
VALUES = {("AWS/CloudFront", "Region")}

HEADER = """\
# The metrics of AWS's services by namespace, and the combinations of dimensions under which each is written: '' is none at all.
# Made by aws/build.py of the pinned package; metrics-read.yaml has what it lacks.
source: '{source}'
namespaces:
"""


def text(database: dict, source: str) -> str:
    """The file, of the package's tables."""
    schema = database["schema"]
    sets = {s["$id"]: s["dimensions"] for s in schema["dimensionSet"]["entities"]}
    uses = schema["usesDimensionSet"]["forward"]
    found: dict[str, dict[str, set[str]]] = {}
    for metric in schema["metric"]["entities"]:
        namespace, name = metric["namespace"], metric["name"]
        if not namespace.startswith("AWS/"):  # what an agent writes, its own settings name
            continue
        for use in uses[metric["$id"]]:
            parts = (d["name"] + ("=" + d["value"] if (namespace, d["name"]) in VALUES else "") for d in sets[use["$id"]])
            combination = "+".join(sorted(parts))
            if (namespace, name, combination) not in WRONG:
                found.setdefault(namespace, {}).setdefault(name, set()).add(combination)
    out = HEADER.format(source=source)
    for namespace in sorted(found):
        out += f"  {namespace}:\n"
        groups: dict[tuple[str, ...], list[str]] = {}
        for name in sorted(found[namespace]):
            groups.setdefault(tuple(sorted(found[namespace][name])), []).append(name)
        for by in sorted(groups):
            out += f"    - by: {sequence(by)}\n      metrics: {sequence(groups[by])}\n"
    return out


def sequence(items) -> str:
    return "[" + ", ".join(item if re.fullmatch(r"[A-Za-z][\w.:+=/% -]*", item) else f"'{item}'" for item in items) + "]"
