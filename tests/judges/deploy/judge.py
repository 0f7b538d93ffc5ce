"""Judge: the committed `deploy.sh` and `teardown.sh` of production, byte for byte, with the real `aws` CLI, against an emulator of AWS on loopback; then
those of SG Cars Trends (`previews.py`).

The applications are stand-ins, `docker` is scripted, and the zone is a fake Cloudflare; `reggie-cfn` is the release build, or the binary that
`REGGIE_CFN` names. Nothing leaves this machine. What the emulator does not try is listed in `dropped.txt` and in `docs/testing.md`.
"""

import json
import os
import re
import shutil
from pathlib import Path

import yaml

import previews
import tools
from account import digest
from applications import PUBLIC, lay, put, tags
from ignored import IGNORED, NOT_DONE
from stage import Stage, difference, proved, proves, tree
from world import HERE, Emulator, Project, parts

PROJECT, HOME = "reggie", "eu-west-2"
ZONE, STAGE = "getreggie.io", "production"
FOLDER = tools.TARGET / "deploy"
FOREVER, NEVER = "public,max-age=31536000,immutable", "public,max-age=0"
FOREIGN = {"type": "MX", "content": "aspmx.l.google.com", "priority": 1, "ttl": 3600}


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    parts.LONGEST = 600  # seconds after which the fake Cloudflare ends by itself
    reggie, notes = parts.binary(), []
    for source, zone, judged in ((tools.ROOT, ZONE, Judge), (previews.SOURCE, previews.ZONE, previews.Judge)):
        folder, cloudflare = FOLDER / zone, parts.Cloudflare(zone)
        folder.mkdir()
        region = yaml.safe_load((source / "environments/base.yaml").read_text(encoding="utf-8"))["region"]
        try:
            with Emulator(folder, region) as emulator, Project(source, folder, reggie, emulator) as project:
                project.surroundings.update({name: os.environ[name] for name in ("CLOUDFLARE_API_URL", "CLOUDFLARE_TOKEN")})
                cloudflare.ask("POST", "/__reset", {"records": [{**FOREIGN, "name": zone}]})
                committed = tree(project.folder / "out")
                proves("the scripts are those that are committed", committed == tree(source / "out"))
                judged(project, emulator, cloudflare).judge()
                proves("deploys leave `out/` as it is", tree(project.folder / "out") == committed)
                notes += project.notes()
        finally:
            cloudflare.stop()
    held(sorted(notes))
    print(f"deploy: {len(proved)} facts proved")


def held(found: list[str]) -> None:
    """`dropped.txt` and `docs/testing.md` name what the emulator is not given."""
    committed = [line for line in (HERE / "dropped.txt").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    if os.environ.get("REGGIE_CFN_UPDATE") == "1" and found != committed:
        head = "# What the emulator is not given of the templates; `template.py` says how. `REGGIE_CFN_UPDATE=1 tests/judges/run deploy` writes this.\n"
        put(HERE / "dropped.txt", head + "".join(f"{line}\n" for line in found))
        committed = found
    proves("the emulator was not given what `dropped.txt` names, no more and no less", committed == found, *sorted(set(committed) ^ set(found)))
    rows = [f"| `{type}` | {', '.join(f'`{id}`' for id in ids)} |" for type, ids in dropped(found).items()]
    lists = ["Taken, and ignored:\n", *(f"- {name}" for name in IGNORED), "\nNot done:\n", *(f"- {line}" for line in NOT_DONE)]
    text = "\n".join(["| not given to the emulator | of what is deployed |", "| --- | --- |", *rows, "", *lists])
    differs = tools.held_fresh("deploy", text, "testing.md")
    proves("`docs/testing.md` shows it", not differs, *differs)


class Judge(Stage):
    def __init__(self, project: Project, emulator: Emulator, cloudflare: parts.Cloudflare):
        super().__init__(project, emulator, STAGE)
        self.cloudflare = cloudflare
        self.sites = {name: given for name, given in self.manifest["components"].items() if given["type"] == "nextjs"}
        self.first = ""

    def judge(self) -> None:
        lay(self.project.folder, self.manifest["components"])
        self.secrets_are_missing()
        self.fails_in_the_middle()
        self.goes_on()
        self.is_there()
        self.is_served()
        self.is_named()
        self.what_is_not_tried()
        self.again()
        self.update()
        self.back()
        self.review()
        self.teardown()

    # Create.

    def secrets_are_missing(self) -> None:
        ran = self.deploy().ended(1, "SecretKey")
        proves("without a value of a secret, nothing is deployed but the bootstrap stack", not self.stacks(), ran.text)
        self.account.secrets([f"/{PROJECT}/{STAGE}/{name}" for name in self.manifest["secrets"]])

    def fails_in_the_middle(self) -> None:
        app = f"{PROJECT}-{STAGE}-app"
        self.project.fails_once(f"cloudformation deploy * {app} *")
        ran = self.deploy()
        order = self.order
        wanted = order[: order.index((HOME, app))]
        found = self.stacks()
        complete = all(stack.status == "CREATE_COMPLETE" for stack in found.values())
        proves("a call that fails stops the deploy, and what came before it stands", ran.code not in (0, 2) and set(found) == set(wanted) and complete, ran.text)
        proves("it says which stack it was, and that it goes on from there", f"{app} in {HOME} was not deployed" in ran.text, ran.text)
        self.stood = {key: stack.changed for key, stack in found.items()}

    def goes_on(self) -> None:
        ran = self.deploy().ended(0)
        stacks = self.stacks()
        proves("run again, it goes on: what stood is left alone", all(stacks[key].changed == time for key, time in self.stood.items()), ran.text)
        uploads = [call for call in ran.calls if re.search(rf"s3 (cp|sync) .*\.zip s3://|s3api put-object .*\.zip", call)]
        proves("and what was packaged is not brought again", not uploads and not self.docker_builds(ran), uploads)
        self.first = re.search(r"deploy\.sh --rollback (\S+)", ran.text)[1]
        self.created = ran

    def docker_builds(self, ran) -> list[str]:
        """The scripted docker asks ECR to take what is pushed."""
        return [call for call in ran.calls if call.startswith("ecr put-image")]

    def is_there(self) -> None:
        stacks = self.stacks()
        order = self.order
        proves(f"{len(order)} stacks are complete, in two regions", set(stacks) == set(order) and {s.status for s in stacks.values()} == {"CREATE_COMPLETE"}, stacks)
        made = sorted(stacks, key=lambda key: stacks[key].made)
        # Certificates are made at the same time, whichever region is first.
        proves("in the order of index.yaml", made[2:] == order[2:] and set(made[:2]) == set(order[:2]), made)
        proves("termination protection is on", all(stack.protected for stack in stacks.values()))
        files = {(s["region"], s["name"]): (s.get("stack_policy") or {}).get("file") for s in self.index["stacks"]}
        is_set = lambda key, file: self.account.policy(stacks[key]) == (file and (self.out / file).read_text(encoding="utf-8"))
        proves("stack policies are those of the files", all(is_set(key, file) for key, file in files.items()))
        proves("and stacks have the stage's tags", all(stack.tags == self.index["tags"] for stack in stacks.values()))

        release, bucket = self.released(), self.account.output("ArtifactBucket")
        given = {name: value for stack in stacks.values() for name, value in stack.parameters.items()}
        outputs = {name: stack.outputs[name] for stack in stacks.values() for name in stack.outputs}
        proves("parameters are those of release.json, of stacks before them, and the bucket", given == {
            **{name: value for name, value in release.items() if name in given}, "ArtifactBucket": bucket,
            **{name: outputs[name] for name in given if name in outputs},
        } and {name for name in release if name not in given} == set(), (given, release))  # fmt: skip
        images = {name: value for name, value in release.items() if name.endswith("Image")}
        pushed = self.account.images()
        proves("images are known by their digests", len(images) == 2 and {v.rpartition("@")[2] for v in images.values()} == set(pushed.values()), images, pushed)
        told = json.loads((self.project.folder / ".reggie-cfn" / STAGE / "aws" / "ReggieDbMigrator.json").read_text(encoding="utf-8"))
        proves("the migrator was called, as the image of the release", told == {"image": release["ReggieDbMigratorImage"]}, told)
        calls = self.project.calls()
        at = lambda pattern: next(at for at, call in enumerate(calls) if re.search(pattern, call))
        proves("before the app was deployed", at("^lambda invoke ") < at(f"^cloudformation deploy .*{PROJECT}-{STAGE}-app "))
        keys = self.account.objects(bucket)
        kept = json.loads(self.account.text(bucket, f"{PROJECT}/releases/{STAGE}/{self.first}.json"))["Parameters"]
        marks = {name: self.account.text(bucket, f"{PROJECT}/deployed/{STAGE}/{name}").split()[0] for name in self.sites}
        proves("the bucket of artifacts keeps the release, and which files each site has", kept == release and marks == {
            name: release[f"{name}Build"] for name in self.sites}, kept, marks, sorted(keys))  # fmt: skip

    def is_served(self) -> None:
        status, headers, body = self.emulator.get(self.manifest["components"]["ReggieApi"]["host"]["name"], "/cars/7")
        answer = {"path": "/cars/7", "database": "postgresql", "secret": f"/{PROJECT}/{STAGE}/SecretKey", "version": 1}
        proves("the API answers at its own name, with the database's address and the names of secrets", (status, json.loads(body)) == (200, answer), status, body)
        for name, given in self.sites.items():
            self.site_is_served(name, self.project.folder / given["path"] / ".open-next")

    def site_is_served(self, name: str, build: Path) -> None:
        stack = f"{PROJECT}-{STAGE}-web-{re.sub(r'(?<!^)(?=[A-Z])', '-', name).lower()}"
        bucket = self.account.output(f"{name}AssetsBucket")
        found = self.account.objects(bucket)
        wanted = {}
        for start, to in (("assets", "_assets"), ("cache", "_cache")):
            for path in (build / start).rglob("*"):
                if path.is_file():
                    wanted[f"{to}/{path.relative_to(build / start)}"] = digest(path.read_bytes())
        proves(f"{name}: each file of the build is in its bucket, and nothing else", {key: is_now[0] for key, is_now in found.items()} == wanted, found, wanted)
        hashed = {key: cache == FOREVER for key, (_, _, cache) in found.items() if key.startswith("_assets/_next/")}
        others = {key: "immutable" not in cache and cache != "" for key, (_, _, cache) in found.items() if key.startswith("_assets/") and key not in hashed}
        proves(f"{name}: what has a hash in its name is kept for ever, all else is not", all(hashed.values()) and all(others.values()), found)
        kinds = {key: found[f"_assets/{key}"][1].partition(";")[0] for key in PUBLIC}
        proves(f"{name}: files have their types", kinds == {
            "favicon.ico": "image/x-icon", "robots.txt": "text/plain", "images/car.svg": "image/svg+xml", "images/été + 100%.svg": "image/svg+xml",
        } or kinds == {**kinds, "favicon.ico": "image/vnd.microsoft.icon"}, kinds)  # fmt: skip
        rows = [json.loads(row) for row in self.account.rows(self.account.id(stack, f"{name}TagTable"))]
        proves(f"{name}: all {len(rows)} tags are in its table", sorted(row["tag"]["S"].partition("/")[2] for row in rows) == sorted(tags()), rows)
        proves(f"{name}: CloudFront was told once", len(self.account.distributions()[self.account.output(f"{name}DistributionId")]) == 1)
        host = self.account.output(f"{name}DnsTarget")
        # The emulator's CloudFront asks the bucket by plain HTTP, which the bucket's policy refuses, as it should.
        status, headers, body = self.emulator.get(host, "/BUILD_ID")
        refused = (status, "AccessDenied" in body.decode(), "max-age=63072000" in headers.get("strict-transport-security", ""))
        proves(f"{name}: CloudFront asks the bucket, which refuses plain HTTP, and adds security headers", refused == (403, True, True), status, headers, body)
        status, headers, _ = self.emulator.get(host, "/")
        proves(f"{name}: and refuses a page at the name that AWS gave it", (status, headers.get("x-cache")) == (403, "FunctionGeneratedResponse from cloudfront"), status, headers)
        calls, build_key = self.created.calls, self.released()[f"{name}Build"]
        at = lambda pattern: next(at for at, call in enumerate(calls) if re.search(pattern, call))
        last = at(rf"^s3 cp .*{name}/{build_key}/files/last/")
        proves(f"{name}: names that nothing else has are there before its functions, all others after", at(f"deploy .*{stack} ") < last, calls)

    def is_named(self) -> None:
        records = {(record["name"], record["type"]): record for record in self.cloudflare.records().values()}
        hosts = {
            ZONE: self.account.output("ReggieWebDnsTarget"),
            f"admin.{ZONE}": self.account.output("ReggieAdminDnsTarget"),
            f"api.{ZONE}": self.account.output("ReggieApiDnsTarget"),
        }
        leads = {name: records[name, "CNAME"]["content"] for name in hosts}
        proves("hosts lead to what was deployed", leads == hosts, leads, hosts)
        proves("three certificates have their records, and what is not ours is as it was", len(records) == 13 and (ZONE, "MX") in records, sorted(records))

    # What this does not try.

    def what_is_not_tried(self) -> None:
        done = [name for name, ignores in IGNORED.items() if not ignores(self.account)]
        proves(f"the emulator still ignores the {len(IGNORED)} things that `docs/testing.md` names", not done, done)

    # And again.

    def again(self) -> None:
        before, zone = self.account.seen(), self.cloudflare.state()
        ran = self.deploy().ended(0)
        after = self.account.seen()
        proves("a second run changes no stack, function, object, row, image or invalidation", before == after, difference(before, after), ran.text)
        proves("and no record", self.cloudflare.state() == zone)
        proves("and says so", ran.text.count("unchanged") >= len(self.index["stacks"]) - 2, ran.text)

    def update(self) -> None:
        before, release = self.account.seen(), self.released()
        handler = self.project.folder / self.manifest["components"]["ReggieApiHandler"]["zip"]["path"] / "index.mjs"
        put(handler, handler.read_text(encoding="utf-8").replace("version: 1", "version: 2"))
        ran = self.deploy().ended(0)
        after, now = self.account.seen(), self.released()
        changed = {name for name in release if release[name] != now[name]}
        proves("one byte of the API's handler changes one parameter of the release", changed == {"ReggieApiHandlerCode"} and len(now) == len(release), changed)
        stacks = {key for key in before["stacks"] if before["stacks"][key] != after["stacks"][key]}
        functions = {name for name in after["functions"] if before["functions"].get(name) != after["functions"][name]}
        proves("one stack", stacks == {(HOME, f"{PROJECT}-{STAGE}-app")}, stacks, ran.text)
        proves("and one function", functions == {self.account.output("ReggieApiHandlerName")}, functions)
        proves("no row, image or invalidation", all(before[what] == after[what] for what in ("rows", "images", "invalidations")), difference(before, after))
        proves("which answers so", self.version() == 2)
        self.before = before

    def version(self) -> int:
        return json.loads(self.emulator.get(self.manifest["components"]["ReggieApi"]["host"]["name"], "/")[2])["version"]

    def back(self) -> None:
        ran = self.deploy("--rollback", self.first).ended(0)
        after = self.account.seen()
        proves("--rollback brings the first release back, function for function", after["functions"] == self.before["functions"], ran.text)
        proves("which answers as it did", self.version() == 1)
        proves("and calls no migration", not [call for call in ran.calls if call.startswith("lambda invoke")])
        proves("and changes nothing else", all(after[what] == self.before[what] for what in ("rows", "images", "invalidations")), difference(self.before, after))

    def review(self) -> None:
        before = self.account.seen()
        ran = self.deploy("--review", "--release", f".reggie-cfn/{STAGE}/release.json").ended(0)
        proves("--review changes nothing", self.account.seen() == before, difference(before, self.account.seen()), ran.text)
        shown = set(re.findall(r"^ +(reggie-\S+) in \S+: arn:aws:cloudformation:\S+:changeSet/", ran.text, re.MULTILINE))
        proves("and shows a change set of the stack that would change", shown == {f"{PROJECT}-{STAGE}-app"} and "ReggieApiHandler" in ran.text, ran.text)

    # And gone.

    def teardown(self) -> None:
        script, before, zone = f"out/{STAGE}/teardown.sh", self.account.seen(), self.cloudflare.state()
        ran = self.project.run(script, STAGE).ended(1, f"--unprotect {STAGE}")
        proves("what is protected is not deleted, unless its name is said", self.account.seen() == before and self.cloudflare.state() == zone, ran.text)
        retained = self.retained()
        held = {bucket: self.account.versions(bucket) for bucket in self.account.buckets()}
        ran = self.project.run(script, STAGE, "--unprotect", STAGE, "--delete", ZONE).ended(0)
        stacks = {name for _, name in self.stacks()}
        proves("teardown deletes all stacks but that of the network, which the kept database needs", stacks == {f"{PROJECT}-{STAGE}-network"}, stacks, ran.text)
        records = {(record["name"], record["type"]) for record in self.cloudflare.records().values()}
        hosts = {(name, "CNAME") for name in (ZONE, f"admin.{ZONE}", f"api.{ZONE}")}
        proves("the hosts' records went first, and what is not ours is as it was", not hosts & records and (ZONE, "MX") in records, records)
        left, kinds = self.account.left() - self.of_stacks(), {type for type, _ in self.account.kinds()}
        wanted = {resource for resource in retained if resource.partition(" ")[0] in kinds}
        proves(f"{len(left)} things stay: those that the templates retain", left == wanted, sorted(left ^ wanted), ran.text)
        unnamed = [it for it, id in retained.items() if not it.startswith("AWS::Lambda::Version ") and it.split()[1] not in ran.text and id not in ran.text]
        proves("each is named", not unnamed, unnamed, ran.text)
        buckets = [resource.partition(" ")[2] for resource in wanted if resource.startswith("AWS::S3::Bucket ")]
        proves("kept buckets keep what they hold", len(buckets) == 2 and all(self.account.versions(bucket) == held[bucket] for bucket in buckets))

    def of_stacks(self) -> set[str]:
        """What the stacks that are there hold."""
        held = [resource for region, name in self.account.stacks() for resource in self.account.resources(region, name)]
        return {f"{resource['ResourceType']} {resource['PhysicalResourceId']}" for resource in held}


def dropped(notes: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for note in notes:
        what, _, id, *type = note.split()
        if what == "dropped":
            found.setdefault(type[0], []).append(id)
    return dict(sorted(found.items()))


if __name__ == "__main__":
    main()
