"""A stage of a project in the emulator: its committed files, its scripts, and what of it is there."""

import json
import re
import time
from pathlib import Path

import yaml
from awscli.customizations.cloudformation.yamlhelper import yaml_parse

import tools
from account import Account, digest
from world import Emulator, Project

proved: list[str] = []


def proves(fact: str, holds: bool, *seen) -> None:
    if not holds:
        tools.stop(f"deploy: not so: {fact}\n" + "\n".join(map(str, seen)))
    proved.append(fact)
    print(f"  {fact}", flush=True)


class Stage:
    def __init__(self, project: Project, emulator: Emulator, name: str):
        self.project, self.emulator, self.name = project, emulator, name
        self.account = Account(emulator.client, emulator.region)
        self.out = project.folder / "out" / name
        self.index = yaml.safe_load((self.out / "index.yaml").read_text(encoding="utf-8"))
        self.manifest = yaml.safe_load((self.out / "manifest.yaml").read_text(encoding="utf-8"))
        self.prefix = f"{self.index['project']}-{name}-"
        self.order = [(stack["region"], stack["name"]) for stack in self.index["stacks"]]

    def deploy(self, *options: str):
        # The CLI names a change set by the second, and two deploys of the bootstrap can fit into one here.
        time.sleep(1)
        return self.project.run(f"out/{self.name}/deploy.sh", *options)

    def torn_down(self, *options: str):
        return self.project.run(f"out/{self.name}/teardown.sh", self.name, *options)

    def stacks(self) -> dict:
        return {key: stack for key, stack in self.account.stacks().items() if stack.name.startswith(self.prefix)}

    def released(self) -> dict[str, str]:
        return json.loads((self.project.folder / ".reggie-cfn" / self.name / "release.json").read_text(encoding="utf-8"))["Parameters"]

    def given(self) -> dict[str, str]:
        """The parameters of all stacks."""
        return {name: value for stack in self.stacks().values() for name, value in stack.parameters.items()}

    def retained(self) -> dict[str, str]:
        """What the templates keep when their stacks go, as `TYPE ID`, with its name in the template."""
        found = {}
        for stack in self.index["stacks"]:
            resources = yaml_parse((self.out / stack["template"]["file"]).read_text(encoding="utf-8"))["Resources"]
            for resource in self.account.resources(stack["region"], stack["name"]):
                id = resource["LogicalResourceId"]
                if resources[id].get("DeletionPolicy", "").startswith("Retain"):
                    found[f"{resource['ResourceType']} {resource['PhysicalResourceId']}"] = id
        return found


def tree(folder: Path) -> dict[str, tuple[str, int]]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): (digest(path.read_bytes()), path.stat().st_mode & 0o111) for path in paths}


def difference(one: dict, other: dict) -> dict:
    return {what: (one[what], other[what]) for what in one if one[what] != other[what]}
