"""What the judges share: the committed output, and the rule by which a finding may stand.

Every finding fails, of whatever level, but for two kinds:

- A purely informational rule may be accepted for all templates, in a file of lines `RULE  reason`.
- One resource (or, in the template's own Metadata, one template) may be excepted from one rule, with its reason:

      Metadata:
        cfn-lint:
          config: {ignore_checks: [W3005]}
          reasons: {W3005: Why it is right here}

  An exception counts only with a reason, and only if it hides something.
"""

import re
import sys
from pathlib import Path
from typing import NamedTuple

import yaml
from cfnlint.decode import cfn_yaml

HERE = Path(__file__).resolve().parent
ROOT = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else HERE.parents[1]
HOME_REGION = "eu-west-2"  # of templates without an index.yaml beside them
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")
IS_TEMPLATE = re.compile(r"^(AWSTemplateFormatVersion|Resources):", re.MULTILINE)


class Finding(NamedTuple):
    path: Path
    line: int
    rule: str
    resource: str | None
    message: str


class Template(NamedTuple):
    path: Path
    region: str
    resources: int
    exceptions: dict[tuple[str | None, str], str | None]
    """The reason by resource (None: the whole template) and rule."""


def outputs() -> list[Path]:
    """Every committed YAML file that the compiler wrote."""
    folders = [ROOT / "out", *ROOT.glob("examples/*/out"), *ROOT.glob("tests/projects/*/out")]
    found = sorted(path for folder in folders for path in folder.rglob("*.yaml"))
    return found or stop(f"no YAML file in {ROOT}/out, examples/*/out or tests/projects/*/out: nothing to judge")


def templates() -> list[Template]:
    """Every committed CloudFormation template. One that cannot be read is a finding of `output.py` and of the judges."""
    found = []
    for path in outputs():
        if not IS_TEMPLATE.search(path.read_text(encoding="utf-8")):
            continue
        try:
            document = cfn_yaml.load(str(path))
        except Exception as error:
            stop(f"{name(path)}: not YAML: {error}")
        resources = mapping(mapping(document).get("Resources"))
        exceptions = dict(exceptions_of(path, None, document))
        for resource, body in resources.items():
            exceptions.update(exceptions_of(path, resource, body))
        found.append(Template(path, region_of(path), len(resources), exceptions))
    return found or stop(f"no CloudFormation template among the files below {ROOT}: nothing to judge")


def region_of(path: Path) -> str:
    """`<stack>.<region>.yaml` and `_bootstrap/<region>.yaml` say theirs, `<stack>.yaml` is for the home region."""
    last = path.stem.split(".")[-1]
    if REGION.fullmatch(last):
        return last
    index = path.parent / "index.yaml"
    if not index.exists():
        return HOME_REGION
    region = yaml.safe_load(index.read_text(encoding="utf-8")).get("region")
    return region or stop(f"{name(index)}: has no `region`, so the home region of {path.name} is unknown")


def exceptions_of(path: Path, resource: str | None, body):
    settings = mapping(mapping(mapping(body).get("Metadata")).get("cfn-lint"))
    config, reasons = mapping(settings.get("config")), mapping(settings.get("reasons"))
    if set(config) - {"ignore_checks"}:
        stop(f"{name(path)}: Metadata.cfn-lint.config may hold only `ignore_checks`")
    for rule in config.get("ignore_checks", []):
        yield (resource, rule), str(reasons.get(rule) or "").strip() or None


def mapping(value) -> dict:
    return value if isinstance(value, dict) else {}


def accepted(file: str) -> set[str]:
    """The informational rules that may report without failing."""
    rules = set()
    for number, line in enumerate((HERE / file).read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        rule, _, reason = line.partition(" ")
        if not re.fullmatch(r"I\d{4}", rule) or not reason.strip():
            stop(f"tests/judges/{file}:{number}: wants an informational rule (I and four digits) and a reason")
        rules.add(rule)
    return rules


def verdict(judge: str, judged: list[Template], found: list[Finding], accepted: set[str], known: set[str] = frozenset()):
    """Prints what fails and a summary; exits 1 if anything fails. `known` rules are those whose exceptions must be used."""
    failed, used, noted = [], set(), 0
    exceptions = {template.path: template.exceptions for template in judged}
    for finding in found:
        hits = [(resource, finding.rule) for resource in {finding.resource, None}]
        hits = [hit for hit in hits if exceptions[finding.path].get(hit)]
        used.update((finding.path, *hit) for hit in hits)
        if hits or finding.rule in accepted:
            noted += 1
        else:
            failed.append(finding)
    for template in judged:
        for (resource, rule), reason in template.exceptions.items():
            if not reason:
                failed.append(Finding(template.path, 1, rule, resource, "ignored without a text in Metadata.cfn-lint.reasons"))
            elif rule in known and (template.path, resource, rule) not in used:
                failed.append(Finding(template.path, 1, rule, resource, "ignored, but nothing here is found by that rule"))
    for finding in sorted(failed, key=lambda finding: finding[:3]):
        about = f" {finding.resource}:" if finding.resource else ""
        print(f"{name(finding.path)}:{finding.line}: {finding.rule}{about} {finding.message}")
    resources = sum(template.resources for template in judged)
    print(f"{judge}: {len(judged)} templates, {resources} resources, {len(failed)} findings, {noted} accepted or excepted")
    sys.exit(1 if failed else 0)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def stop(why: str):
    print(why, file=sys.stderr)
    sys.exit(1)
