"""Judge: local stages, with the tools that run them.

Every committed local stage, in a copy: Docker Compose starts and stops its containers where `docker info` answers; elsewhere the file is held against the JSON
schema of the Compose specification, and the judge says so. GNU make runs its Makefile with stand-ins for the commands of the project, which note when they were
started, where and with what. A shell and Node.js must read the same out of each example of variables.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import yaml

import tools

LONGEST = 300  # seconds that anything here may take
JS = tools.TARGET / "js"
VALIDATE = """
const [Ajv, schema, document] = [require('ajv'), ...process.argv.slice(1).map(file => JSON.parse(require('fs').readFileSync(file)))]
delete schema.$schema
const validate = new Ajv.default({strict: false, logger: false}).compile(schema)
if (!validate(document)) { console.log(JSON.stringify(validate.errors.slice(0, 5), null, 1)); process.exit(1) }
"""
PARSE = "console.log(JSON.stringify(require('util').parseEnv(require('fs').readFileSync(process.argv[1], 'utf8'))))"
# Notes its name, where it runs, and its variables; ends at once, and badly where it is told to.
STAND_IN = """#!/usr/bin/env bash
name=${0##*/}
{ printf '%s\\0%s\\0' "$name $*" "$PWD"; env -0; } >"$JUDGE_LOG/${EPOCHREALTIME/,/.}-$$"
[[ $JUDGE_FAILS != "$name" ]]
"""

proved = 0


def main() -> None:
    stages = sorted(index.parent for index in [*tools.ROOT.glob("out/*/index.yaml"), *tools.ROOT.glob("tests/projects/*/out/*/index.yaml")] if is_local(index))
    proves("there are local stages", len(stages) >= 2, stages)
    with_docker = answers("docker", "info") and answers("docker", "compose", "version")
    for stage in stages:
        index = yaml.safe_load((stage / "index.yaml").read_text(encoding="utf-8"))
        with tempfile.TemporaryDirectory(prefix="reggie-cfn-local-") as folder:
            containers(stage, index, with_docker, Path(folder))
            variables(stage)
            processes(stage, index, Path(folder).resolve() / "project")
    how = "started and stopped by Docker Compose" if with_docker else "held against the schema of the Compose specification alone: `docker compose` does not answer here"
    print(f"local: {len(stages)} stages, {proved} facts proved; containers were {how}")


def is_local(index: Path) -> bool:
    return yaml.safe_load(index.read_text(encoding="utf-8")).get("lifetime") == "local"


def answers(*command: str) -> bool:
    if not shutil.which(command[0]):
        return False
    return subprocess.run(command, capture_output=True, timeout=LONGEST, check=False).returncode == 0


def proves(fact: str, holds: bool, *seen) -> None:
    global proved
    if not holds:
        tools.stop(f"local: not so: {fact}\n" + "\n".join(map(str, seen)))
    proved += 1


def run(command: list, **options) -> subprocess.CompletedProcess:
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=LONGEST, check=False, **options)


def containers(stage: Path, index: dict, with_docker: bool, folder: Path) -> None:
    file = stage / "compose.yaml"
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    schema = JS / "node_modules/dclint/schemas/compose.schema.json"

    def check(document: dict) -> subprocess.CompletedProcess:
        (folder / "compose.json").write_text(json.dumps(document), encoding="utf-8")
        return run(["node", "-e", VALIDATE, schema, folder / "compose.json"], cwd=JS)

    told = check(document)
    proves(f"{file} is what the Compose specification says", told.returncode == 0, told.stdout, told.stderr)
    for service in document["services"].values():
        proves("an image is pinned by its exact version", re.fullmatch(r"postgres:\d+\.\d+", service["image"]) is not None, service["image"])
        ports = service["ports"]
        proves("its port is open to this machine alone", len(ports) == 1 and ports[0].startswith("127.0.0.1:") and ports[0].endswith(":5432"), ports)
        proves("a text in which Compose would find a variable is escaped", "$" not in json.dumps(service).replace("$$", ""), service)
    wrong = {**document, "services": {name: {**of, "port": of["ports"]} for name, of in document["services"].items()}}
    proves("the schema refuses what it does not know", check(wrong).returncode == 1)
    urls = set(re.findall(r"^DATABASE_URL=(.*)$", "".join(path.read_text(encoding="utf-8") for path in stage.glob("*.env.example")), re.MULTILINE))
    for url in urls:
        parts = urlsplit(url)
        said = [s for s in document["services"].values() if s["ports"] == [f"{parts.hostname}:{parts.port}:5432"]]
        login = {"POSTGRES_USER": parts.username, "POSTGRES_PASSWORD": parts.password, "POSTGRES_DB": parts.path[1:]}
        proves(f"{url} leads to a container of that login", len(said) == 1 and said[0]["environment"] == login and not parts.query, said)
    proves("a variable leads to each container", len(urls) == len(index["containers"]), urls)
    if with_docker:
        compose = ["docker", "compose", "--project-name", "reggie-cfn-judge", "--file", file]
        try:
            up = run([*compose, "up", "--detach", "--wait"])
            proves(f"the containers of {file} start and are healthy", up.returncode == 0, up.stdout, up.stderr)
        finally:
            down = run([*compose, "down", "--volumes"])
        proves("they stop", down.returncode == 0, down.stderr)


def by_shell(file: Path) -> dict[str, str]:
    """The variables that a shell has after reading the file."""
    told = run(["env", "-i", "sh", "-c", 'set -a && . "$1" && env -0', "sh", file])
    found = dict(entry.split("=", 1) for entry in told.stdout.split("\0") if entry)
    return {name: value for name, value in found.items() if name not in ("PWD", "OLDPWD", "SHLVL", "_")}


def variables(stage: Path) -> None:
    for file in sorted(stage.glob("*.env.example")):
        told = run(["node", "-e", PARSE, file])
        proves(f"{file} can be read by Node.js", told.returncode == 0, told.stderr)
        node, shell = json.loads(told.stdout), by_shell(file)
        proves(f"a shell and Node.js read the same out of {file}", node == shell and node, node, shell)


def processes(stage: Path, index: dict, project: Path) -> None:
    out = project / "out" / stage.name
    shutil.copytree(stage, out)
    bin_folder, log = project / "bin", project / "log"
    bin_folder.mkdir()
    log.mkdir()
    started = [process for process in index["processes"] if "command" in process]
    names = {process["command"].split()[0] for process in started} - {"echo"}
    for name in [*names, "docker"]:
        (bin_folder / name).write_text(STAND_IN, encoding="utf-8")
        (bin_folder / name).chmod(0o755)
    for process in index["processes"]:
        (project / process["path"]).mkdir(parents=True, exist_ok=True)

    def make(*targets: str, fails: str = "") -> tuple[subprocess.CompletedProcess, list]:
        for file in log.iterdir():
            file.unlink()
        surroundings = {"PATH": f"{bin_folder}:{os.environ['PATH']}", "HOME": "/home/judge", "JUDGE_LOG": str(log), "JUDGE_FAILS": fails}
        told = run(["make", "-f", out.relative_to(project) / "Makefile", *targets], cwd=project, env=surroundings)
        # A file a command, named after the time of its start.
        noted = [file.read_text(encoding="utf-8").split("\0") for file in sorted(log.iterdir())]
        return told, [(said, folder, dict(entry.split("=", 1) for entry in env if entry)) for said, folder, *env in noted]

    up = f"docker compose --file out/{stage.name}/compose.yaml up --detach --wait"
    first = [p["command"] for p in started if p["starts"] == "first"]
    together = [p["command"] for p in started if p["starts"] == "together"]
    told, seen = make()
    said = [command for command, *_ in seen]
    proves("all that starts together is started, once", told.returncode == 0 and sorted(said) == sorted([up, *first, *together]), told.stdout, told.stderr, said)
    proves("containers come first, then what runs once", said[: 1 + len(first)] == [up, *first], said)
    for process in [p for p in started if p["starts"] != "asked"]:
        folder = str(project / process["path"])
        at = next((env for command, where, env in seen if command == process["command"] and where == folder), None)
        proves(f"{process['component']} runs in its folder", at is not None, seen)
        if "environment" in process:
            expected = by_shell(out / process["environment"]["file"])
            proves(f"{process['component']} has its variables", expected.items() <= at.items(), expected, at)
            proves("its own file was made of the example", (project / process["copied_to"]).exists())
    for name in [p["copied_to"] for p in started if "copied_to" in p and p["starts"] == "together"][:1]:
        (project / name).write_text("FILLED_IN='by hand'\n", encoding="utf-8")
        _, seen = make()
        kept = (project / name).read_text(encoding="utf-8") == "FILLED_IN='by hand'\n"
        proves("what people filled in stays, and is used", kept and any(env.get("FILLED_IN") == "by hand" for *_, env in seen))
    for command in first:
        told, seen = make(fails=command.split()[0])
        proves("nothing is started where what runs first fails", told.returncode != 0 and [s for s, *_ in seen] == [up, command], told.stderr, seen)
    told, seen = make("down")
    proves("`down` stops the containers", told.returncode == 0 and [s for s, *_ in seen] == [f"docker compose --file out/{stage.name}/compose.yaml down"], seen)
    for process in [p for p in started if p["starts"] == "asked"]:
        told, _ = make(re.sub(r"(?<!^)(?=[A-Z])", "-", process["component"]).lower())
        proves(f"{process['component']} is started by its name, and `$` reaches the shell", told.returncode == 0 and "/home/judge is tidy" in told.stdout, told.stdout, told.stderr)


main()
