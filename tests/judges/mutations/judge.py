"""Judge: 300 mutations of Reggie's templates, each wrong by what AWS publishes, put before `reggie-cfn verify`, cfn-lint and cloudformation-validate.

A mutation is caught if a tool finds an error that it does not find in the template before the mutation, and warned of if only a warning is new. What
ours does not catch stands in `missed.txt` with the reason; a line there that is caught by now fails as well. The table of all kinds and tools stands
in `docs/verifier.md`.
"""

import json
import sys
from collections import Counter
from pathlib import Path

import tools
from draw import KINDS, records
from template import load, mutated, region

MISSED = Path(__file__).resolve().parent / "missed.txt"
UNUSED = {"CFN419", "W2001", "W7001"}  # nothing uses what was put there to reach a limit
FOLDER = tools.TARGET / "mutations"


def main():
    drawn, originals = records(), load()
    FOLDER.mkdir(parents=True, exist_ok=True)
    templates = {name: written(name, name, original) for name, original in originals.items()}
    for record in drawn:
        templates[record["id"]] = written(record["id"], record["file"], mutated(originals[record["file"]], record["edits"]))
    asked = list(templates.values())
    answers = {
        "`reggie-cfn verify`": tools.verify(asked),
        tools.named("cfn-lint"): tools.cfn_lint("mutations", asked, strict=True),
        tools.named("cloudformation-validate"): tools.validate("mutations", asked),
    }
    verdicts = {tool: {record["id"]: verdict(found, templates, record) for record in drawn} for tool, found in answers.items()}
    ours = next(iter(verdicts.values()))
    missed = [record for record in drawn if ours[record["id"]] != "caught"]
    reasons = tools.notes(MISSED, 1)
    failed = [
        f"{record['id']}: {ours[record['id']]}: {record['file']}: {record['what']} ({record['why']})"
        for record in missed
        if (record["id"],) not in reasons
    ]
    failed += [f"{MISSED.name}: {name} is caught" for (name,) in reasons if name not in {record["id"] for record in missed}]
    failed += tools.held_fresh("mutations", page(drawn, verdicts, missed, reasons))
    print("\n".join(failed))
    caught = ", ".join(f"{tool.strip('`')} {Counter(found.values())['caught']}" for tool, found in verdicts.items())
    print(f"mutations: {len(drawn)}; caught: {caught}; {len(failed)} findings")
    sys.exit(1 if failed else 0)


def written(name: str, file: str, template: dict) -> tools.Template:
    path = FOLDER / f"{name.removesuffix('.yaml')}.json"
    path.write_text(json.dumps(template, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return tools.Template(path, region(file))


def verdict(answers: tools.Answers, templates: dict[str, tools.Template], record: dict) -> str:
    def told(name: str, level: str):
        found = [finding for finding in answers[templates[name].path] if finding.level == level]
        return {(finding.rule, finding.message) for finding in found if finding.rule not in UNUSED}

    for level, word in (("error", "caught"), ("warning", "warned")):
        if told(record["id"], level) - told(record["file"], level):
            return word
    return "missed"


def page(drawn: list[dict], verdicts: dict[str, dict[str, str]], missed: list[dict], reasons: dict) -> str:
    """The table, and what ours misses."""
    lines = [["kind", "mutations", *verdicts], ["---", *["---:"] * (1 + len(verdicts))]]
    for kind in [*KINDS, None]:
        ids = [record["id"] for record in drawn if kind in (record["kind"], None)]
        lines.append([kind or "all", str(len(ids)), *(count(Counter(found[name] for name in ids)) for found in verdicts.values())])
    text = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    if missed:
        text += "\nNot caught by `reggie-cfn verify`:\n\n"
        text += "".join(f"- `{record['id']}`: {record['what']}. {reasons.get((record['id'],), 'No reason is given.')}\n" for record in missed)
    return text


def count(verdicts: Counter) -> str:
    return f"{verdicts['caught']}" + (f" (and {verdicts['warned']} warned of)" if verdicts["warned"] else "")


if __name__ == "__main__":
    main()
