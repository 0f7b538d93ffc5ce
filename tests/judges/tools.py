"""The tools that say whether a template is right, asked alike: cfn-lint, AWS's cloudformation-validate, and `reggie-cfn verify`.

The answers of the other two are kept in `target/judges/answers/` by tool, version and template, since cfn-lint takes a quarter of a second for one.
"""

import concurrent.futures
import hashlib
import importlib.metadata
import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "target" / "judges"


class Template(NamedTuple):
    path: Path
    region: str


class Finding(NamedTuple):
    level: str
    """`error`, `warning` or `note`."""
    rule: str
    line: int
    message: str


Answers = dict[Path, list[Finding]]


def stop(why: str):
    print(why, file=sys.stderr)
    sys.exit(1)


def named(package: str) -> str:
    return f"{package} {importlib.metadata.version(package)}"


def cfn_lint(judge: str, templates: list[Template], strict: bool) -> Answers:
    """`strict` is how our own templates are judged: texts are no numbers. Rules of all levels are asked for, and templates silence none."""
    levels = {"E": "error", "W": "warning", "I": "note"}

    def ask(missing: list[Template]) -> list[list[Finding]]:
        # A share for each processor, since the rules are loaded once a process.
        shares = [missing[start :: (os.cpu_count() or 1)] for start in range(min(len(missing), os.cpu_count() or 1))]
        with concurrent.futures.ProcessPoolExecutor(len(shares)) as pool:
            answers = {}
            for share, found in zip(shares, pool.map(lint, shares, [strict] * len(shares))):
                answers.update(zip(share, found))
        return [[Finding(levels[rule[0]], rule, *rest) for rule, *rest in answers[template]] for template in missing]

    return kept(f"{judge}-cfn-lint", f"{named('cfn-lint')} strict {strict}", templates, ask)


def lint(share: list[Template], strict: bool) -> list[list[tuple[str, int, str]]]:
    from cfnlint.config import ConfigMixIn
    from cfnlint.runner import Runner
    from cfnlint.runner.template import run_template_by_file_path

    logging.disable()  # it logs a nested template that it cannot read, for itself
    rules, answers = {}, []
    for template in share:
        config = ConfigMixIn(
            regions=[template.region],
            include_checks=["I"],
            mandatory_checks=["E", "W", "I"],
            configure_rules={"E3012": {"strict": strict}},
            templates=[str(template.path)],
        )
        if template.region not in rules:
            rules[template.region] = Runner(config).rules
        found = run_template_by_file_path(str(template.path), config, rules[template.region], False)
        answers.append([(match.rule.id, match.linenumber, str(match.message)) for match in found])
    return answers


def validate(judge: str, templates: list[Template]) -> Answers:
    from cloudformation_validate import CelEngine, PseudoParameterOverrides, ReportStatus, ValidateConfig

    levels = {"FATAL": "error", "ERROR": "error", "WARN": "warning"}

    def ask(missing: list[Template]) -> list[list[Finding]]:
        engine, answers = CelEngine(), []
        for template in missing:
            config = ValidateConfig(pseudo_parameter_overrides=PseudoParameterOverrides(region=template.region))
            report = engine.validate_template(template.path, config)
            if report.status == ReportStatus.ANALYSIS_INCOMPLETE:
                stop(f"{template.path}: cloudformation-validate gave up: {report.metadata.budget_exhaustions}")
            answers.append(
                [Finding(levels.get(item.severity.name, "note"), item.rule_id, item.start_line or 1, item.message) for item in report.diagnostics]
            )
        return answers

    return kept(f"{judge}-validate", named("cloudformation-validate"), templates, ask)


def kept(name: str, tool: str, templates: list[Template], ask) -> Answers:
    """Asks only about those templates that this tool was not asked about before."""
    file = TARGET / "answers" / f"{name}.json"
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    keys = {template: hashlib.sha256(f"{tool} {template.region}\n".encode() + template.path.read_bytes()).hexdigest() for template in templates}
    missing = [template for template in templates if keys[template] not in known]
    if missing:
        print(f"asking {tool} about {len(missing)} templates")
        known.update(zip([keys[template] for template in missing], ask(missing)))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({key: known[key] for key in keys.values()}), encoding="utf-8")
    return {template.path: [Finding(*finding) for finding in known[keys[template]]] for template in templates}


def verify(templates: list[Template]) -> Answers:
    """All templates of a region in one go. `REGGIE_CFN` may name a binary; else the release build is asked, and made where it is missing."""
    command = [os.environ["REGGIE_CFN"]] if "REGGIE_CFN" in os.environ else ["cargo", "run", "--quiet", "--release", "--locked", "--"]
    answers: Answers = {template.path: [] for template in templates}
    for region in sorted({template.region for template in templates}):
        paths = [template.path for template in templates if template.region == region]
        arguments = ["verify", "--region", region, "--format", "json", *(str(path.relative_to(ROOT)) for path in paths)]
        run = subprocess.run([*command, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
        if run.returncode not in (0, 1):
            stop(f"reggie-cfn verify ended with {run.returncode}:\n{run.stderr[-2000:]}")
        errors = 0
        for line in (run.stdout + run.stderr).splitlines():
            if line.startswith("{"):
                found = json.loads(line)
                answers[ROOT / found["file"]].append(Finding(found["severity"], found["code"], found["line"], found["title"]))
                errors += found["severity"] == "error"
        if bool(errors) != bool(run.returncode):
            stop(f"reggie-cfn verify ended with {run.returncode} and told of {errors} errors:\n{run.stderr[-2000:]}")
    return answers


def notes(file: Path, columns: int) -> dict[tuple[str, ...], str]:
    """What a file of lines `KEY…  reason` says, by its keys."""
    found = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            *key, reason = [*line.split(None, columns), ""][: columns + 1]
            if not reason.strip() or tuple(key) in found:
                stop(f"{file.relative_to(ROOT)}:{number}: wants {columns} words that no other line has, and a reason")
            found[tuple(key)] = reason.strip()
    return found


def held_fresh(name: str, text: str, page_name: str = "verifier.md") -> list[str]:
    """What differs between the text and the part of a page of `docs/` of that name; `REGGIE_CFN_UPDATE=1` writes it."""
    page = ROOT / "docs" / page_name
    start, end = f"<!-- tests/judges/run {name} writes this -->\n", f"<!-- end of {name} -->"
    before, found, rest = page.read_text(encoding="utf-8").partition(start)
    old, closed, after = rest.partition(end)
    text = f"\n{text}\n"
    if not found or not closed:
        stop(f"docs/{page_name}: lacks the lines of {name}: {start.strip()} and {end.strip()}")
    if old == text:
        return []
    if os.environ.get("REGGIE_CFN_UPDATE") == "1":
        page.write_text(before + start + text + end + after, encoding="utf-8")
        print(f"docs/{page_name}: wrote the part {name}")
        return []
    return [f"docs/{page_name}: {name} is not as found now; REGGIE_CFN_UPDATE=1 tests/judges/run {name} writes:\n{text}"]
