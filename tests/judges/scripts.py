"""Judge: the shell scripts. shellcheck finds nothing in any script of this repository, and the `aws` CLI itself takes every call of it that a script holds
in whichever branch, or the page of a stage shows: each goes through the CLI's own parser, up to where it would ask AWS.
"""

import contextlib
import importlib
import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from awscli import clidriver
from awscli.customizations import waiters
from awscli.customizations.commands import BasicCommand

from shell import Script

ROOT = Path(__file__).resolve().parents[2]


def scripts() -> list[Path]:
    """The shell scripts that git knows or would take, by their first line."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout.split("\0")
    paths = sorted(ROOT / name for name in names if name and (ROOT / name).is_file())
    return [path for path in paths if re.match(rb"#!.*\b(ba|da)?sh\b", path.read_bytes()[:100])]


def shown(page: str) -> str:
    """The commands that a page shows, as a script: its blocks, and the calls with options within its sentences. Each stands on the line where the page has it."""
    lines, within = [], False
    for line in page.split("\n"):
        if line.startswith("```"):
            within = line == "```sh"
            lines.append("")
        else:
            # What stands behind a command is for people.
            lines.append(re.sub(r"(^|\s)# .*$", r"\1", line) if within else "; ".join(re.findall(r"`(aws [^`]* --[^`]*)`", line)))
    return "\n".join(lines)


def pages() -> list[Path]:
    """The pages of all products and stages."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", "out/README.md", "*/out/README.md", "out/*/README.md", "*/out/*/README.md"]
    names = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout.split("\0")
    return sorted(ROOT / name for name in names if name and (ROOT / name).is_file())


def without_asking() -> None:
    """From here on the CLI does everything but ask."""
    answered = lambda *_, **__: 0
    clidriver.CLIOperationCaller.invoke = answered
    waiters.WaiterCaller.invoke = answered
    commands = [BasicCommand]
    while commands:
        command = commands.pop()
        commands += command.__subclasses__()
        if "_run_main" in vars(command) and command is not BasicCommand:
            command._run_main = answered


def refused(driver: clidriver.CLIDriver, words: list[str], file: Path) -> str | None:
    """What the CLI says against a call. Files that it would read are one that is there."""
    words = [re.sub(r"^(fileb?://).*", rf"\1{file}", word) for word in words]
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        try:
            code = driver.main(words if "--region" in words else [*words, "--region", "eu-west-2"])
        except SystemExit as ended:
            code = ended.code
    return said.getvalue().strip().splitlines()[-1] if code else None


def main() -> None:
    found = scripts()
    shellcheck = Path(sys.executable).parent / "shellcheck"
    # The projects below tests/ have the same `_bootstrap/` as this one and do not repeat it: of their scripts only the heads are read.
    heads = [path for path in found if ROOT / "tests" / "projects" in path.parents]
    where = [word for path in ("SCRIPTDIR", ROOT) for word in ("--source-path", path)]
    checks = (["--external-sources", *where, *sorted({*found} - {*heads})], ["--exclude", "SC1091", *heads])
    ended = [subprocess.run([shellcheck, *check], cwd=ROOT, check=False).returncode for check in checks]
    print(f"shellcheck: {len(found)} scripts, {'the findings above' if any(ended) else 'no findings'}")

    # The commands that are no plain operations, so that `without_asking` knows them.
    for module in ("s3.subcommands", "cloudformation.deploy", "ecr", "configure.configure"):
        importlib.import_module(f"awscli.customizations.{module}")
    without_asking()
    driver = clidriver.create_clidriver()
    answers: dict[tuple[str, ...], str | None] = {}
    calls, wrong = 0, []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "any.json"
        file.write_text("{}", encoding="utf-8")
        texts = [*((path, path.read_text(encoding="utf-8")) for path in found), *((path, shown(path.read_text(encoding="utf-8"))) for path in pages())]
        for path, text in texts:
            for line, words in Script(text).calls("aws", "[a-z0-9]+ [a-z0-9]+"):
                calls += 1
                key = tuple(words)
                if key not in answers:
                    answers[key] = refused(driver, words, file)
                if answers[key]:
                    wrong.append(f"{path.relative_to(ROOT)}:{line}: aws {' '.join(words)}\n    {answers[key]}")
    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"aws CLI: {len(found)} scripts and {len(pages())} pages, {calls} calls, {len(answers)} of them different, {len(wrong)} not understood")
    sys.exit(1 if any(ended) or wrong or not calls or not pages() else 0)


if __name__ == "__main__":
    main()
