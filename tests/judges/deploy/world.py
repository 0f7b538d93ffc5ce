"""What the judge of deploys puts together: the emulator of AWS, a copy of the project with its commands on a PATH of its own, and eyes that look at what
is there without the scripts' help."""

import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from awscli.botocore.session import Session

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "dns"))

import parts
import tools

ACCOUNT = "123456789012"
LONGEST = 600  # seconds that a script may take


class Emulator:
    """ministack on a free port of loopback, for as long as the block runs."""

    def __init__(self, folder: Path, region: str):
        self.folder, self.region, self.home = folder, region, tools.TARGET / "emulator" / "bin"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def types(self) -> str:
        code = "from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS as known; print(*sorted(known), sep='\\n')"
        return subprocess.run([self.home / "python", "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=True).stdout

    def __enter__(self) -> "Emulator":
        surroundings = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "MINISTACK_REGION": self.region,
            "SFTP_ENABLED": "0",
            "TMPDIR": str(self.folder),
        }
        self.log = open(self.folder / "emulator.log", "w", encoding="utf-8")
        # `timeout` ends it even where the judge could not.
        command = ["timeout", str(LONGEST * 4), self.home / "ministack"]
        self.process = subprocess.Popen(command, env=surroundings, stdout=self.log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > until:
                tools.stop(f"the emulator does not answer:\n{(self.folder / 'emulator.log').read_text(encoding='utf-8')[-3000:]}")
            time.sleep(0.1)
        return self

    def __exit__(self, *_) -> None:
        self.process.terminate()
        self.process.wait()
        self.log.close()

    def answers(self) -> bool:
        try:
            return self.get("127.0.0.1", "/_ministack/health")[0] == 200
        except OSError:
            return False

    def get(self, host: str, path: str, given: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
        """What a visitor gets: status, headers, body."""
        request = urllib.request.Request(self.url + path, headers={"Host": host, "X-Forwarded-Proto": "https", **(given or {})})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
        except urllib.error.HTTPError as answer:
            return answer.code, {name.lower(): value for name, value in answer.headers.items()}, answer.read()

    def client(self, service: str, region: str):
        keys = {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "test"}
        return Session().create_client(service, region_name=region, endpoint_url=self.url, **keys)


class Ran(parts.Ran):
    """What a script did, with the calls of `aws` that it made."""

    def __init__(self, command: list[str], done: subprocess.CompletedProcess, calls: list[str]):
        super().__init__(command, done)
        self.calls = calls


class Project:
    """A copy of what is committed of a project, and the commands that its scripts find: ours, the shim, the scripted docker, and those of the system."""

    def __init__(self, source: Path, folder: Path, reggie: Path, emulator: Emulator):
        self.source, self.folder, self.judge = source, folder / "project", folder / "judge"
        for name in ("environments", "out"):
            shutil.copytree(source / name, self.folder / name)
        (self.judge / "templates").mkdir(parents=True)
        (self.judge / "bin").mkdir()
        (self.judge / "home").mkdir()
        (self.judge / "types").write_text(emulator.types(), encoding="utf-8")
        for name in ("template.py", "docker.py"):
            (self.judge / name).symlink_to(HERE / name)
        self.program("python", sys.executable)
        self.program("aws", sys.executable, "-I", "-S", HERE / "cli.py", "call", self.judge / "cli.sock")
        # `timeout` ends it even where the judge could not.
        command = ["timeout", str(LONGEST * 4), sys.executable, HERE / "cli.py", "serve", self.judge / "cli.sock"]
        self.cli = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        for name in ("aws", "docker"):
            (self.judge / "bin" / name).symlink_to(HERE / "bin" / name)
        (self.judge / "bin" / "reggie-cfn").symlink_to(reggie)
        self.surroundings = {
            "PATH": f"{self.judge / 'bin'}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(self.judge / "home"),
            "TMPDIR": str(folder),
            "LANG": "C.UTF-8",
            "NO_COLOR": "1",
            "JUDGE": str(self.judge),
            "AWS_ENDPOINT_URL": emulator.url,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "2",
            "REGGIE_CFN_POLL": "1",
            "REGGIE_CFN_TTL": "0",
        }

    def program(self, name: str, *command) -> None:
        """A program in the judge's folder that is this command, and the words after it."""
        (self.judge / name).write_text(f'#!/bin/sh\nexec {shlex.join(map(str, command))} "$@"\n', encoding="utf-8")
        (self.judge / name).chmod(0o755)

    def __enter__(self) -> "Project":
        until = time.monotonic() + 60
        while not (self.judge / "cli.sock").exists():
            if self.cli.poll() is not None or time.monotonic() > until:
                tools.stop("the aws CLI does not load")
            time.sleep(0.1)
        return self

    def __exit__(self, *_) -> None:
        self.cli.terminate()
        self.cli.wait()

    def run(self, *command: str, **env: str) -> Ran:
        before = len(self.calls())
        surroundings = {**self.surroundings, **env}
        words = [str(self.folder / command[0]), *command[1:]]
        done = subprocess.run(
            words, cwd=self.folder, env=surroundings, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LONGEST, check=False
        )
        return Ran(list(command), done, self.calls()[before:])

    def calls(self) -> list[str]:
        file = self.judge / "calls"
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []

    def fails_once(self, pattern: str) -> None:
        (self.judge / "fail").write_text(pattern, encoding="utf-8")

    def notes(self) -> list[str]:
        """What the shim did to templates."""
        paths = (self.judge / "templates").glob("*.notes")
        return sorted({line for path in paths for line in path.read_text(encoding="utf-8").splitlines()})
