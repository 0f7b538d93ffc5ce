"""Judge: `reggie-cfn verify` on the templates that come with the source distributions of troposphere and cfn-lint; no false alarm is wanted.

- Of troposphere all examples, run.
- Of cfn-lint its fixtures in FOLDERS in which cfn-lint itself finds no error, asked without options.

Every error of ours must stand in `rejected.txt`, with the reason who is right (`Ours is wrong: …` where the template is); a line there that no longer
happens fails as well.
"""

import subprocess
import sys
from collections import Counter
from pathlib import Path

from cfnlint.decode import cfn_yaml

import tools

HERE = Path(__file__).resolve().parent
REJECTED = HERE / "rejected.txt"
SOURCES = tools.TARGET / "public"
FOLDERS = ["good", "integration", "issues", "public", "quickstart"]
REGION = "us-east-1"  # cfn-lint's default


def main():
    examples, fixtures = troposphere(), cfn_lint()
    linted = tools.cfn_lint("public", examples + fixtures, strict=False)
    right = [template for template in fixtures if not errors(linted, template)]
    taken, every = {"troposphere": examples, "cfn-lint": right}, examples + right
    answers = {
        "`reggie-cfn verify`": tools.verify(every),
        tools.named("cfn-lint"): linted,
        tools.named("cloudformation-validate"): tools.validate("public", every),
    }
    ours = next(iter(answers.values()))
    found = {}
    for template in every:
        for finding in errors(ours, template):
            found.setdefault((name(template.path), finding.rule), finding)
    reasons = tools.notes(REJECTED, 2)
    failed = [f"{path}:{finding.line}: {rule}: {finding.message}" for (path, rule), finding in found.items() if (path, rule) not in reasons]
    failed += [f"{REJECTED.name}: {path} {rule}: not found" for path, rule in reasons if (path, rule) not in found]
    failed += tools.held_fresh("public", page(taken, len(fixtures) - len(right), answers, found, reasons))
    print("\n".join(failed))
    print(f"public: {len(every)} templates, {len({path for path, _ in found})} rejected, {len(failed)} findings")
    sys.exit(1 if failed else 0)


def errors(answers: tools.Answers, template: tools.Template) -> list[tools.Finding]:
    return [finding for finding in answers[template.path] if finding.level == "error"]


def name(path: Path) -> str:
    return str(path.relative_to(SOURCES))


def distribution(of: str) -> Path:
    found = sorted(path for path in SOURCES.glob(f"{of}-*") if path.is_dir())
    return found[0] if len(found) == 1 else tools.stop(f"{SOURCES}: wants one folder {of}-*: remove target/judges/public.stamp and run again")


def troposphere() -> list[tools.Template]:
    into = SOURCES / "troposphere"
    subprocess.run([sys.executable, HERE / "examples.py", distribution("troposphere"), into], check=True)
    return [tools.Template(path, REGION) for path in sorted(into.glob("*.json"))]


def cfn_lint() -> list[tools.Template]:
    folder = distribution("cfn_lint") / "test" / "fixtures" / "templates"
    paths = [path for one in FOLDERS for path in (folder / one).rglob("*") if path.suffix in (".yaml", ".yml", ".json", ".template")]
    return [tools.Template(path, REGION) for path in sorted(paths)]


def page(taken: dict, left_out: int, answers: dict[str, tools.Answers], found: dict, reasons: dict) -> str:
    rows = [["from", "templates", "resources", "with a transform or a module", *(f"refused by {tool}" for tool in answers)]]
    for source, templates in taken.items():
        facts = [facts_of(template.path) for template in templates]
        refused = [sum(bool(errors(told, template)) for template in templates) for told in answers.values()]
        rows.append([source, len(templates), sum(count for count, _ in facts), sum(macro for _, macro in facts), *refused])
    rows.insert(1, ["---", *["---:"] * (len(rows[0]) - 1)])
    text = "".join(f"| {' | '.join(map(str, row))} |\n" for row in rows)
    text += f"\nLeft out: {left_out} fixtures of cfn-lint, in which cfn-lint itself finds errors.\n"
    if found:
        rules = Counter(rule for _, rule in found)
        wrong = {path for path, rule in found if reasons.get((path, rule), "").startswith("Ours is wrong:")}
        text += f"\nOf the {len({path for path, _ in found})} templates that ours refuses, {len(wrong)} are right. "
        text += f"Refused for: {', '.join(f'`{rule}` in {count}' for rule, count in sorted(rules.items()))}; "
        text += "[`rejected.txt`](../tests/judges/public/rejected.txt) says of each why.\n"
    return text


def facts_of(path: Path) -> tuple[int, bool]:
    """How many resources a template has, and whether something else may write a part of it."""
    template = cfn_yaml.load(str(path))
    resources = template.get("Resources", {})
    types = [str(body.get("Type")) for body in resources.values() if isinstance(body, dict)]
    macro = "Transform" in template or "Fn::Transform" in path.read_text(encoding="utf-8")
    return len(resources), macro or any(type.endswith("::MODULE") for type in types)


if __name__ == "__main__":
    main()
