"""The parts that the judge of DNS puts together: `reggie-cfn`, what AWS would say, the fake Cloudflare, octoDNS, and BIND."""

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import yaml

import tools

HERE = Path(__file__).resolve().parent
FAKE = HERE / "fake_cloudflare.py"
BIND = tools.TARGET / "bind"
TOKEN = "test-token"
LONGEST = 120  # seconds that anything here may take


class Ran:
    def __init__(self, command: list, done: subprocess.CompletedProcess):
        self.command, self.code = " ".join(map(str, command)), done.returncode
        self.out, self.text = done.stdout, done.stdout + done.stderr

    def ended(self, code: int, *words: str) -> "Ran":
        """Stops the judge where it ended otherwise, or did not say something."""
        missing = [word for word in words if word not in self.text]
        if self.code != code or missing:
            lacks = f", without {missing}" if missing else ""
            tools.stop(f"`{self.command}` ended with {self.code}{lacks}, {code} was right:\n{self.text[-3000:]}")
        return self


def run(command: list, cwd: Path, **env: str) -> Ran:
    surroundings = {**os.environ, "NO_COLOR": "1", **env}
    return Ran(command, subprocess.run(command, cwd=cwd, env=surroundings, capture_output=True, text=True, timeout=LONGEST, check=False))


def binary() -> Path:
    """The binary that `REGGIE_CFN` names; else the release build, made where it is missing."""
    if "REGGIE_CFN" in os.environ:
        return Path(os.environ["REGGIE_CFN"]).resolve()
    told = subprocess.run(
        ["cargo", "build", "--quiet", "--release", "--locked", "--message-format", "json-render-diagnostics"],
        cwd=tools.ROOT, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    built = [json.loads(line).get("executable") for line in told.stdout.splitlines()]
    return Path(next(path for path in built if path and Path(path).name == "reggie-cfn"))


# What AWS would say.


def sample(*of: str) -> str:
    return hashlib.sha256(" ".join(of).encode()).hexdigest()


class Aws:
    """Answers of the `aws` CLI for the plans of a project: stacks that stand, certificates that wait. The same name has the same
    validation record in every certificate of an account, as ACM has it."""

    def __init__(self, project: Path):
        self.project, self.folder = project, project / "aws"
        self.folder.mkdir(exist_ok=True)

    def answers(self, owner: str, targets: dict[str, str] | None = None) -> list:
        """`--stacks … --certificates …` for an owner; `targets` says where some hosts lead, by name."""
        stacks: dict[tuple[str, str], dict[str, str]] = {}
        certificates: dict[tuple, dict[str, dict]] = {}
        for path in sorted((self.project / "out" / owner / "dns").glob("*.plan.yaml")):
            for record in yaml.safe_load(path.read_text(encoding="utf-8"))["records"]:
                if target := record.get("target"):
                    outputs = stacks.setdefault((target["stack"], target["region"]), {})
                    outputs[target["output"]] = (targets or {}).get(record["name"]) or self.target(target)
                for certificate in record.get("validates", {}).get("certificates", []):
                    at = (certificate["region"], tuple(certificate["names"]))
                    certificates[at] = {name: self.validation(name) for name in certificate["names"]}
        return [
            "--stacks", *(self.written(f"{owner}-{name}", self.stack(name, *of)) for name, *of in ((*key, out) for key, out in stacks.items())),
            "--certificates", *(self.written(f"{owner}-{sample(str(at))[:8]}", self.certificate(*at, records)) for at, records in certificates.items()),
        ]  # fmt: skip

    def written(self, name: str, answer: dict) -> Path:
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps(answer, indent=4), encoding="utf-8")
        return path

    @staticmethod
    def target(target: dict) -> str:
        key = sample(target["stack"], target["output"])
        if target["kind"] == "cloudfront":
            return f"d{key[:13]}.cloudfront.net"
        return f"d-{key[:10]}.execute-api.{target['region']}.amazonaws.com"

    @staticmethod
    def validation(name: str) -> dict:
        domain = name.removeprefix("*.")
        key, value = sample("name", domain)[:32], sample("value", domain)[:32]
        return {"Name": f"_{key}.{domain}.", "Type": "CNAME", "Value": f"_{value}.jkddzztszm.acm-validations.aws."}

    @staticmethod
    def stack(name: str, region: str, outputs: dict[str, str]) -> dict:
        return {
            "Stacks": [
                {
                    "StackId": f"arn:aws:cloudformation:{region}:123456789012:stack/{name}/{sample(name)[:8]}-1111-2222-3333-444444444444",
                    "StackName": name,
                    "CreationTime": "2026-01-01T00:00:00.000000+00:00",
                    "StackStatus": "UPDATE_COMPLETE",
                    "DisableRollback": False,
                    "Outputs": [{"OutputKey": key, "OutputValue": value, "Description": "where it is"} for key, value in outputs.items()],
                    "Tags": [],
                }
            ]
        }

    @staticmethod
    def certificate(region: str, names: tuple[str, ...], records: dict[str, dict]) -> dict:
        return {
            "Certificate": {
                "CertificateArn": f"arn:aws:acm:{region}:123456789012:certificate/{sample(region, *names)[:8]}-1111-2222-3333-444444444444",
                "DomainName": names[0],
                "SubjectAlternativeNames": list(names),
                "DomainValidationOptions": [
                    {"DomainName": name, "ValidationDomain": name, "ValidationStatus": "SUCCESS", "ResourceRecord": record, "ValidationMethod": "DNS"}
                    for name, record in records.items()
                ],
                "Status": "ISSUED",
                "Type": "AMAZON_ISSUED",
            }
        }


# A project with its commands.


class Project:
    def __init__(self, reggie: Path, environments: Path, into: Path):
        self.reggie, self.folder = reggie, into
        shutil.copytree(environments, into / "environments")
        self.aws = Aws(into)

    def call(self, *arguments) -> Ran:
        return run([self.reggie, *map(str, arguments)], self.folder)

    def dns(self, command: str, owner: str, *arguments) -> Ran:
        return self.call("dns", command, owner, *arguments)

    def resolve(self, owner: str, **targets: str) -> None:
        self.dns("resolve", owner, *self.aws.answers(owner, targets)).ended(0)

    def changes(self, owner: str, zone: str) -> list[dict]:
        return json.loads((self.folder / ".reggie-cfn" / owner / f"{zone}.changes.json").read_text(encoding="utf-8"))["changes"]

    def octodns(self, owner: str) -> "OctoDns":
        return OctoDns(self.folder / ".reggie-cfn" / owner / "octodns")


# Cloudflare.


class Cloudflare:
    def __init__(self, zone: str, plan: str = "free"):
        command = [sys.executable, FAKE, "--zone", zone, "--plan", plan, "--max-seconds", str(LONGEST * 2)]
        self.zone, self.process = zone, subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        os.environ["CLOUDFLARE_API_URL"], os.environ["CLOUDFLARE_TOKEN"] = self.url, TOKEN
        os.environ["CLOUDFLARE_ZONE_ID"] = self.id = self.state()["id"]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()

    def ask(self, method: str, path: str, body=None) -> bytes:
        base = self.url.removesuffix("/client/v4") if path.startswith("/__") else self.url
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(base + path, data, headers, method=method), timeout=LONGEST) as answer:
            return answer.read()

    def state(self) -> dict:
        return json.loads(self.ask("GET", "/__state"))[self.zone]

    def records(self) -> dict[str, dict]:
        return {record["id"]: record for record in self.state()["records"]}

    def named(self, name: str, kind: str = "CNAME") -> list[dict]:
        return [record for record in self.records().values() if (record["name"], record["type"]) == (name, kind)]

    def writes(self) -> list[tuple[str, int]]:
        """The requests so far that could have changed something."""
        return [(entry["method"], entry["status"]) for entry in json.loads(self.ask("GET", "/__journal")) if entry["method"] != "GET"]

    def make(self, **record) -> dict:
        return json.loads(self.ask("POST", f"/zones/{self.id}/dns_records", record))["result"]

    def drop(self, id: str) -> None:
        self.ask("DELETE", f"/zones/{self.id}/dns_records/{id}")

    def live(self, folder: Path, size: int = 7) -> list:
        """`--live …`: the API's list, a file a page."""
        paths, page, pages = [], 1, 1
        while page <= pages:
            text = self.ask("GET", f"/zones/{self.id}/dns_records?page={page}&per_page={size}")
            pages = json.loads(text)["result_info"]["total_pages"]
            paths.append(folder / f"live-{page}.json")
            paths[-1].write_bytes(text)
            page += 1
        return ["--live", *paths]

    def export(self, folder: Path) -> list:
        path = folder / "export.txt"
        path.write_bytes(self.ask("GET", f"/zones/{self.id}/dns_records/export"))
        return ["--live", path]


# octoDNS.


class OctoDns:
    def __init__(self, folder: Path, in_order: bool = True):
        self.folder = folder
        config = folder / "config.yaml"
        text = config.read_text(encoding="utf-8")
        # A rate limit is waited for, here only for a moment; and keys must be in octoDNS's own order, though nobody is made to care.
        for key, value in (("retry_period", "1"), ("enforce_order", str(in_order).lower())):
            text, found = re.subn(rf"^( +{key}): .*$", rf"\1: {value}", text, flags=re.MULTILINE)
            if found != 1:
                tools.stop(f"{config} has {found} times {key}")
        config.write_text(text, encoding="utf-8")

    def sync(self, *arguments: str) -> Ran:
        command = Path(sys.executable).parent / "octodns-sync"
        return run([command, "--config-file", "config.yaml", *arguments], self.folder)

    def plan(self) -> tuple[dict[str, int], str | None]:
        """How many changes of each kind it would make, and the checksum of its plan."""
        told = self.sync().ended(0)
        plan = json.loads((self.folder / "plan.json").read_text(encoding="utf-8"))
        kinds = [change["type"] for targets in plan.values() for zone in targets.values() for change in zone["changes"]]
        checksum = re.search(r"checksum=([0-9a-f]{64})", told.text)
        return {kind: kinds.count(kind) for kind in sorted(set(kinds))}, checksum and checksum[1]

    def apply(self) -> None:
        _, checksum = self.plan()
        self.sync("--checksum", checksum or tools.stop("octoDNS told no checksum")).ended(0)


# BIND.


def bind(name: str) -> str:
    """The program of `target/judges/bind`, where `setup` unpacked it, or that of the system."""
    unpacked = [str(BIND / "usr" / folder) for folder in ("bin", "sbin")]
    path = os.pathsep.join([*unpacked, os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    return shutil.which(name, path=path) or tools.stop(f"no {name} in {BIND} or on the PATH")


def libraries() -> str:
    return os.pathsep.join(str(path) for path in (*BIND.glob("usr/lib/*-linux-gnu*"), *BIND.glob("lib/*-linux-gnu*")))


def run_bind(name: str, *arguments) -> Ran:
    return run([bind(name), *map(str, arguments)], HERE, LD_LIBRARY_PATH=libraries())


class Named:
    """A name server on a free port of loopback, for as long as the block runs."""

    def __init__(self, folder: Path, zones: dict[str, Path]):
        self.folder, self.zones = folder, zones
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def __enter__(self) -> "Named":
        self.folder.mkdir()
        zones = "".join(f'zone "{zone}" {{ type primary; file "{path}"; }};\n' for zone, path in self.zones.items())
        config = self.folder / "named.conf"
        config.write_text(
            f'options {{ directory "{self.folder}"; listen-on port {self.port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};\n'
            "  pid-file none; session-keyfile none; recursion no; dnssec-validation no; notify no; empty-zones-enable no; };\n"
            f"controls {{ }};\n{zones}",
            encoding="utf-8",
        )
        surroundings = {**os.environ, "LD_LIBRARY_PATH": libraries()}
        # `timeout` ends it even where the judge could not.
        command = ["timeout", str(LONGEST), bind("named"), "-g", "-n", "1", "-c", str(config)]
        self.log = open(self.folder / "log", "w", encoding="utf-8")
        self.process = subprocess.Popen(command, env=surroundings, stdout=self.log, stderr=subprocess.STDOUT)
        until = time.monotonic() + 20
        while not all(self.dig(zone, "SOA") for zone in self.zones):
            if self.process.poll() is not None or time.monotonic() > until:
                tools.stop(f"named does not answer:\n{(self.folder / 'log').read_text(encoding='utf-8')[-3000:]}")
            time.sleep(0.1)
        return self

    def __exit__(self, *_) -> None:
        self.process.terminate()
        self.process.wait()
        self.log.close()

    def dig(self, name: str, kind: str) -> list[str]:
        told = run_bind("dig", "+short", "+tries=1", "+time=2", "-p", self.port, "@127.0.0.1", name, kind)
        return [line for line in told.out.splitlines() if not line.startswith(";")]
