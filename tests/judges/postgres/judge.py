"""Judge: PostgreSQL takes the `DATABASE_URL` that our templates compose, with whatever password Secrets Manager generates.

The alphabet and the URL are read out of the committed templates. A server of Debian's packages runs on loopback, as a user without rights, with TLS alone; for
each of 1,000 passwords the role gets it, and psql (libpq) and `pg` of Node.js sign in by the URL exactly as it is composed. Then the alphabet gets characters
that would have to be escaped, and the judge must see that.
"""

import json
import os
import random
import re
import shutil
import string
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cfnlint.decode import cfn_yaml

import tools

HERE = Path(__file__).resolve().parent
UNPACKED = tools.TARGET / "postgres"
PRODUCTION = tools.ROOT / "out" / "production"
PASSWORDS = 1000
LONGEST = 900  # seconds that the server may live
NOBODY = 65534
# Characters that mean something in a URL. Which reader stumbles over which is its own; one of the two must.
MEAN_SOMETHING = "@/%?#"


def main() -> None:
    url, settings = composed()
    alphabet = alphabet_of(settings)
    chance = random.Random("reggie-cfn")
    passwords = [password(chance, alphabet, settings["PasswordLength"]) for _ in range(PASSWORDS)]
    if set("".join(passwords)) != set(alphabet):
        tools.stop("postgres: 1,000 passwords lack a character of the alphabet")
    mutations = {c: [password(chance, string.ascii_letters, 12) + c + password(chance, alphabet, 12) for _ in range(5)] for c in MEAN_SOMETHING}
    mutations["punctuation"] = [password(chance, alphabet + string.punctuation, 40) for _ in range(20)]
    with tempfile.TemporaryDirectory(prefix="reggie-cfn-postgres-") as folder, Server(Path(folder), url) as server:
        proper = server.tried(passwords)
        if proper["refused"]:
            shown = {reader: len(refused) for reader, refused in proper["refused"].items()}
            tools.stop(f"postgres: refused of {PASSWORDS} passwords: {shown}; why, of the first: {proper['why']}")
        told = server.tried([passwords[0]], wrong=passwords[1])
        if set(told["refused"]) != {"psql", "pg"}:
            tools.stop(f"postgres: signs in with another password: {told}")
        for name, mutated in mutations.items():
            refused = server.tried(mutated)["refused"]
            if not refused:
                tools.stop(f"postgres: an alphabet with `{name}` is not seen to fail")
            print(f"  with `{name}` in the alphabet, refused of {len(mutated)}: {', '.join(f'{len(of)} by {reader}' for reader, of in sorted(refused.items()))}")
    print(f"postgres: {proper['server']} took {url.text} with {PASSWORDS} passwords of {len(alphabet)} characters, by psql and by pg, TLS each time")


class Url:
    """The URL as the template composes it, with a place for what the deploy puts in."""

    def __init__(self, text: str):
        self.text = text
        self.user, self.port, self.database = re.fullmatch(r"postgresql://(\w+):<password>@<host>:(\d+)/(\w+)\?sslmode=require", text).groups()


def composed() -> tuple[Url, dict]:
    """The one form of all variables `DATABASE_URL`, and how their password is generated."""
    texts, keys = set(), set()
    for file in sorted(PRODUCTION.glob("*.yaml")):
        template = cfn_yaml.load(str(file))
        for resource in template.get("Resources", {}).values():
            variables = resource["Properties"].get("Environment", {}).get("Variables", {})
            if "DATABASE_URL" in variables:
                text, _ = variables["DATABASE_URL"]["Fn::Sub"]
                text, count = re.subn(r"\{\{resolve:secretsmanager:\$\{\w+SecretArn\}:SecretString:(\w+)\}\}", lambda m: keys.add(m[1]) or "<password>", text)
                text, hosts = re.subn(r"\$\{\w+Host\}", "<host>", text)
                if (count, hosts) != (1, 1) or "$" in text or "{" in text:
                    tools.stop(f"postgres: {file}: cannot tell what the deploy puts into {text}")
                texts.add(text)
    generated = [
        resource["Properties"]["GenerateSecretString"]
        for resource in cfn_yaml.load(str(PRODUCTION / "data.yaml"))["Resources"].values()
        if "GenerateSecretString" in resource["Properties"]
    ]
    if len(texts) != 1 or len(generated) != 1 or keys != {generated[0]["GenerateStringKey"]}:
        tools.stop(f"postgres: one URL and one secret were expected: {texts}, {generated}, {keys}")
    return Url(texts.pop()), generated[0]


def alphabet_of(settings: dict) -> str:
    """The characters of AWS::SecretsManager::Secret GenerateSecretString, as its page says."""
    known = {"ExcludePunctuation": string.punctuation, "ExcludeNumbers": string.digits, "ExcludeLowercase": string.ascii_lowercase, "ExcludeUppercase": string.ascii_uppercase}
    other = set(settings) - {*known, "SecretStringTemplate", "GenerateStringKey", "PasswordLength", "RequireEachIncludedType", "ExcludeCharacters", "IncludeSpace"}
    if other:
        tools.stop(f"postgres: settings of the generator that this judge does not know: {other}")
    of = "".join(characters for setting, characters in known.items() if settings.get(setting) is not True)
    of += " " if settings.get("IncludeSpace") is True else ""
    return "".join(sorted(set(of) - set(settings.get("ExcludeCharacters", ""))))


def password(chance: random.Random, alphabet: str, length: int) -> str:
    return "".join(chance.choice(alphabet) for _ in range(length))


class Server:
    """A server on the URL's port of loopback, for as long as the block runs."""

    def __init__(self, folder: Path, url: Url):
        self.folder, self.url, self.address = folder, url, address(int(url.port))

    def __enter__(self) -> "Server":
        data, socket = self.folder / "data", self.folder / "socket"
        self.programs = programs(self.folder)
        tls = ["-keyout", self.folder / "key.pem", "-out", self.folder / "certificate.pem", "-days", 2, "-subj", "/CN=reggie-cfn judge"]
        called("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *tls, "-addext", f"subjectAltName=IP:{self.address}")
        socket.mkdir()
        for path in [self.folder, *self.folder.glob("*")]:
            if os.geteuid() == 0:
                os.chown(path, NOBODY, NOBODY)
        (self.folder / "key.pem").chmod(0o600)
        called(*unprivileged(), self.programs / "initdb", "--pgdata", data, "--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--no-sync", env=self.surroundings())
        # By the network with TLS and the password alone; by its socket, which only this judge's folder holds, the master.
        (data / "pg_hba.conf").write_text("local all postgres trust\nhostssl all all 127.0.0.0/8 scram-sha-256\n", encoding="utf-8")
        options = {
            "listen_addresses": self.address, "port": self.url.port, "unix_socket_directories": socket, "fsync": "off", "ssl": "on",
            "ssl_cert_file": self.folder / "certificate.pem", "ssl_key_file": self.folder / "key.pem", "max_connections": 20,
        }  # fmt: skip
        chosen = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        # `timeout` ends it even where the judge could not.
        command = [*unprivileged(), "timeout", LONGEST, self.programs / "postgres", "-D", data, *chosen]
        self.log = open(self.folder / "log", "w", encoding="utf-8")
        self.process = subprocess.Popen(list(map(str, command)), env=self.surroundings(), cwd=self.folder, stdout=self.log, stderr=subprocess.STDOUT)
        until = time.monotonic() + 60
        while self.psql("select 1").returncode != 0:
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                tools.stop(f"the server does not answer:\n{(self.folder / 'log').read_text(encoding='utf-8')[-3000:]}")
            time.sleep(0.2)
        for statement in (f"create role {self.url.user} login", f"create database {self.url.database} owner {self.url.user}"):
            self.psql(statement).check_returncode()
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def surroundings(self) -> dict[str, str]:
        """Nothing of the caller's that libpq would read."""
        unpacked = not self.programs.is_relative_to("/usr")
        libraries = ":".join(str(path) for path in self.programs.parents[2].glob("*-linux-*")) if unpacked else ""
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8", **({"LD_LIBRARY_PATH": libraries} if libraries else {})}

    def psql(self, statement: str) -> subprocess.CompletedProcess:
        command = [self.programs / "psql", "-X", "-q", "-h", self.folder / "socket", "-p", self.url.port, "-U", "postgres", "-d", "postgres", "-c", statement]
        return subprocess.run(list(map(str, command)), env=self.surroundings(), capture_output=True, text=True, timeout=60, check=False)

    def tried(self, passwords: list[str], wrong: str = "") -> dict:
        """What became of signing in with each; `wrong` is what the role has in their place."""
        asked = {
            "passwords": passwords, "has": wrong, "user": self.url.user, "url": self.url.text, "host": self.address,
            "socket": str(self.folder / "socket"), "port": int(self.url.port), "psql": str(self.programs / "psql"),
        }  # fmt: skip
        surroundings = {**self.surroundings(), "NODE_EXTRA_CA_CERTS": str(self.folder / "certificate.pem")}
        program = tools.TARGET / "js" / "postgres" / "sign_in.mjs"
        told = subprocess.run(["node", program], input=json.dumps(asked), env=surroundings, capture_output=True, text=True, timeout=LONGEST, check=False)
        if told.returncode != 0:
            tools.stop(f"sign_in.mjs ended with {told.returncode}:\n{told.stderr[-3000:]}")
        return json.loads(told.stdout)


def address(port: int) -> str:
    """One of loopback where the port is free: the URL's own is meant, and the machine's PostgreSQL may have it."""
    import socket

    last = OSError()
    # All of 127.0.0.0/8 is loopback on Linux; elsewhere the first alone is.
    for host in ["127.0.0.1"] if sys.platform != "linux" else [f"127.54.{n}.1" for n in range(1, 20)]:
        with socket.socket() as probe:
            try:
                probe.bind((host, port))
                return host
            except OSError as error:
                last = error
    return tools.stop(f"postgres: port {port} is free on no address of loopback: {last}")


def programs(folder: Path) -> Path:
    """Where initdb, postgres and psql are: those unpacked by `tests/judges/setup`, or the system's."""
    found = sorted((UNPACKED / "usr/lib/postgresql").glob("*/bin")) or sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        on_path = shutil.which("postgres") or tools.stop("postgres: no server: tests/judges/setup says why")
        return Path(on_path).resolve().parent
    reached = subprocess.run([*unprivileged(), "test", "-x", str(found[-1] / "initdb")], check=False).returncode == 0
    if reached:
        return found[-1]
    # The project stands where only its owner goes.
    shutil.copytree(UNPACKED / "usr", folder / "usr", symlinks=True)
    return folder / found[-1].relative_to(UNPACKED)


def unprivileged() -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []


def called(*command, env=None) -> None:
    try:
        done = subprocess.run(list(map(str, command)), env=env, capture_output=True, text=True, timeout=120, check=False)
    except FileNotFoundError:
        tools.stop(f"postgres: needs {command[0]} on the PATH")
    if done.returncode != 0:
        tools.stop(f"`{' '.join(map(str, command))}` ended with {done.returncode}:\n{done.stdout}{done.stderr}")


main()
