"""The `docker` that is first on the PATH while `tests/judges/run deploy` runs: `login`, `build`, `push`, `image inspect` and `--version`, as much of them as
building an image and bringing it to ECR needs. Nothing is built: an image is a manifest made from what the folder holds, and `push` gives it to the
emulator's ECR, which answers with its digest. Every call is a line of `docker.jsonl` in the judge's folder; a call that is not known ends with 125.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

JUDGE = Path(os.environ["JUDGE"])
IMAGES = JUDGE / "images.json"
DOCKER = "application/vnd.docker"


def option(arguments: list[str], *names: str) -> str | None:
    """What an option is given, as the next word or after `=`; both words are taken out."""
    for at, word in enumerate(arguments):
        name, equals, value = word.partition("=")
        if name in names:
            del arguments[at]
            return value if equals else arguments.pop(at)
    return None


def digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def build(arguments: list[str]) -> None:
    if arguments and arguments[0] == "buildx":
        arguments = arguments[1:]
    platform, tag = option(arguments, "--platform"), option(arguments, "-t", "--tag")
    file = option(arguments, "-f", "--file")
    if option(arguments, "--provenance") != "false":
        refuse("Lambda takes no image with an attestation: --provenance=false is missing")
    option(arguments, "--progress")
    words = [word for word in arguments if not word.startswith("-")]
    if len(words) != 1 or platform not in ("linux/amd64", "linux/arm64") or not tag:
        refuse(f"not understood: {arguments}, platform {platform}, tag {tag}")
    folder = Path(words[0])
    if not Path(file or folder / "Dockerfile").is_file():
        refuse("failed to read dockerfile: no such file or directory")
    held = "".join(f"{digest(path.read_bytes())} {path.relative_to(folder)}\n" for path in sorted(folder.rglob("*")) if path.is_file())
    config = {"architecture": platform.removeprefix("linux/"), "os": "linux", "rootfs": {"type": "layers", "diff_ids": [digest(held.encode())]}}
    bytes = json.dumps(config).encode()
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{DOCKER}.distribution.manifest.v2+json",
        "config": {"mediaType": f"{DOCKER}.container.image.v1+json", "size": len(bytes), "digest": digest(bytes)},
        "layers": [],
    }
    save({**images(), tag: {"architecture": config["architecture"], "manifest": json.dumps(manifest), "id": digest(bytes)}})
    print(f"naming to {tag} done", file=sys.stderr)


def push(arguments: list[str]) -> None:
    (tag,) = (word for word in arguments if not word.startswith("-"))
    image = images().get(tag) or refuse(f"An image does not exist locally with the tag: {tag}", 1)
    at = re.fullmatch(r"[0-9]{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/([^:]+):(.+)", tag) or refuse(f"not ECR: {tag}", 1)
    if at[1] not in logins():
        refuse("no basic auth credentials", 1)
    put = ["ecr", "put-image", "--region", at[1], "--repository-name", at[2], "--image-tag", at[3], "--image-manifest", image["manifest"]]
    answer = subprocess.run([JUDGE / "aws", *put, "--query", "image.imageId.imageDigest", "--output", "text"], stdout=subprocess.PIPE, text=True)
    if answer.returncode:
        sys.exit(1)
    print(f"{at[3]}: digest: {answer.stdout.strip()} size: {len(image['manifest'])}")
    save({**images(), tag: {**image, "digest": f"{tag.rpartition(':')[0]}@{answer.stdout.strip()}"}})


def inspect(arguments: list[str]) -> None:
    form = option(arguments, "--format", "-f")
    (tag,) = arguments
    image = images().get(tag) or refuse(f"Error response from daemon: No such image: {tag}", 1)
    told = {"Id": image["id"], "Architecture": image["architecture"], "Os": "linux", "RepoTags": [tag], "RepoDigests": [image["digest"]] if "digest" in image else []}
    if form is None:
        print(json.dumps([told]))
        return
    # The forms of Go that name fields: {{.Os}}/{{.Architecture}}, {{index .RepoDigests 0}}.
    form = re.sub(r"{{index \.(\w+) 0}}", lambda found: told[found[1]][0], form)
    print(re.sub(r"{{\s*\.(\w+)\s*}}", lambda found: told[found[1]], form))


def login(arguments: list[str]) -> None:
    password = sys.stdin.read()
    if option(arguments, "--username", "-u") != "AWS" or "--password-stdin" not in arguments or not password.strip():
        refuse("Error response from daemon: login attempt failed with status: 400 Bad Request", 1)
    region = re.search(r"\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com", arguments[-1]) or refuse("not ECR", 1)
    with open(JUDGE / "logins", "a", encoding="utf-8") as file:
        file.write(f"{region[1]}\n")
    print("Login Succeeded")


def logins() -> list[str]:
    file = JUDGE / "logins"
    return file.read_text(encoding="utf-8").split() if file.exists() else []


def images() -> dict:
    return json.loads(IMAGES.read_text(encoding="utf-8")) if IMAGES.exists() else {}


def save(images: dict) -> None:
    IMAGES.write_text(json.dumps(images), encoding="utf-8")


def refuse(why: str, code: int = 125):
    print(f"docker: {why}", file=sys.stderr)
    sys.exit(code)


def main() -> None:
    arguments = sys.argv[1:]
    with open(JUDGE / "docker.jsonl", "a", encoding="utf-8") as file:
        file.write(json.dumps(arguments) + "\n")
    match arguments:
        case ["login", *rest]:
            login(rest)
        case ["build", *rest] | ["buildx", "build", *rest]:
            build(rest)
        case ["push", *rest]:
            push(rest)
        case ["image", "inspect", *rest] | ["inspect", *rest]:
            inspect(rest)
        case ["--version"] | ["version", *_] | ["info", *_]:
            print("Docker version 28.2.2, build scripted")
        case _:
            refuse(f"not scripted: {arguments}")


main()
