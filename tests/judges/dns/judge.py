"""Judge: the DNS commands from plan to applied records, with the tools that apply them.

This repository's own stages go through `reggie-cfn dns resolve`, `diff` and `emit` with sample answers of AWS; octoDNS with its Cloudflare provider, and
`curl` with the batch, apply what was written to a fake Cloudflare on loopback, among records that are nobody's; BIND checks and serves the zone files.
The release build is asked, or the binary that `REGGIE_CFN` names. Nothing leaves this machine.
"""

import json
import shutil
import sys
import urllib.error
from pathlib import Path

import yaml

import parts
import tools
from parts import Cloudflare, Named, Project, run, run_bind

ZONE = "getreggie.io"
FOLDER = tools.TARGET / "dns"
# What people and other tools keep in the zone; nothing may touch it.
FOREIGN = [
    {"name": ZONE, "type": "MX", "content": "aspmx.l.google.com", "priority": 1, "ttl": 3600},
    {"name": ZONE, "type": "MX", "content": "alt1.aspmx.l.google.com", "priority": 5, "ttl": 3600},
    {"name": ZONE, "type": "TXT", "content": '"v=spf1 include:_spf.google.com ~all"', "ttl": 3600, "comment": "mail; ask Ann before a change"},
    {"name": "google._domainkey", "type": "TXT", "content": '"v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ"', "ttl": 3600},
    {"name": "_dmarc", "type": "TXT", "content": '"v=DMARC1; p=none"', "ttl": 3600},
    {"name": "resend._domainkey", "type": "TXT", "content": '"p=MIGfMA0GCSq"', "meta": {"read_only": True}},
    {"name": "clerk", "type": "CNAME", "content": "frontend-api.clerk.services", "ttl": 300},
    {"name": "legacy", "type": "A", "content": "198.51.100.7", "proxied": True, "comment": "the old site, until the contract ends"},
    {"name": "*.lab", "type": "A", "content": "198.51.100.8", "ttl": 120},
    {"name": "_reggie-cfn.cname.shop", "type": "TXT", "content": '"other/production"', "ttl": 300},
    {"name": "shop", "type": "CNAME", "content": "shops.example.net", "ttl": 300},
]
HOSTS = {"production": ["", "admin", "api"], "staging": ["staging", "staging-admin", "staging-api"], "pr-7": ["pr-7", "pr-7-admin", "pr-7-api"]}
PREVIEWS = """match: ["pr-*"]
lifetime: ephemeral
values: {web_host: "${stage}.${zone.name}", admin_host: "${stage}-admin.${zone.name}", api_host: "${stage}-api.${zone.name}"}
components:
  ReggieWeb: {protection: public}
  ReggieAdmin: {protection: public}
"""

proved = []


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    project = Project(parts.binary(), tools.ROOT / "environments", FOLDER / "reggie")
    (project.folder / "environments" / "previews.yaml").write_text(PREVIEWS, encoding="utf-8")
    project.call("build", *HOSTS).ended(0)
    for owner in HOSTS:
        project.resolve(owner)
    cloudflare = Cloudflare(ZONE)
    try:
        by_octodns(project, cloudflare)
        by_batch(project, cloudflare)
        by_import(project, cloudflare)
    finally:
        cloudflare.stop()
    by_bind(project)
    print(f"dns: {len(proved)} facts proved")


def proves(fact: str, holds: bool, *seen) -> None:
    if not holds:
        tools.stop(f"dns: not so: {fact}\n" + "\n".join(map(str, seen)))
    proved.append(fact)
    print(f"  {fact}")


def host(label: str) -> str:
    return f"{label}.{ZONE}" if label else ZONE


def started(cloudflare: Cloudflare) -> dict[str, dict]:
    """A zone with nothing but what is nobody's."""
    cloudflare.ask("POST", "/__reset", {"records": FOREIGN})
    return cloudflare.records()


def is_kept(before: dict[str, dict], cloudflare: Cloudflare) -> bool:
    """Whether every record of before is there still, with its id, its times and every other byte."""
    now = cloudflare.records()
    return all(now.get(id) == record for id, record in before.items())


def of(owner: str, records: dict[str, dict]) -> dict[str, dict]:
    """The records whose comment says that they are the owner's, and the TXT records that say so."""
    text = f"reggie/{owner}"
    said = lambda record: (record["comment"] or "").startswith(f"reggie-cfn {text} ") or (record["type"], record["content"]) == ("TXT", f'"{text}"')
    return {id: record for id, record in records.items() if said(record)}


def kinds(records: dict[str, dict]) -> dict[str, int]:
    types = [record["type"] for record in records.values()]
    return {kind: types.count(kind) for kind in sorted(set(types))}


def diff(project: Project, cloudflare: Cloudflare, owner: str, *arguments, live=None) -> parts.Ran:
    return project.dns("diff", owner, *(live or cloudflare.live(project.folder)), *arguments)


def by_octodns(project: Project, cloudflare: Cloudflare) -> None:
    foreign = started(cloudflare)
    for owner in ("production", "staging"):
        diff(project, cloudflare, owner).ended(3)
        project.dns("emit", owner, "--to", "octodns").ended(0, "octodns-sync --config-file config.yaml")
        octodns = project.octodns(owner)
        plan, checksum = octodns.plan()
        proves(f"octoDNS plans what `dns diff` lets through for {owner}: 6 records and their 6 markers", plan == {"create": 12}, plan)
        before = cloudflare.state()
        octodns.sync("--checksum", "0" * 64).ended(1, "does not match computed")
        octodns.sync("--doit").ended(1, "does not match computed")
        proves("a plan that is not the one that was read is not applied", cloudflare.state() == before)
        octodns.sync("--checksum", checksum).ended(0)
    records = cloudflare.records()
    ours = {owner: of(owner, records) for owner in ("production", "staging")}
    proves("24 records are made", all(kinds(of_one) == {"CNAME": 6, "TXT": 6} for of_one in ours.values()), ours)
    proves("nothing else changes", is_kept(foreign, cloudflare) and len(records) == len(foreign) + 24)
    made = [record for one in ours.values() for record in one.values() if record["type"] == "CNAME"]
    seen = sorted((record["content"].endswith(".acm-validations.aws"), record["proxied"], record["ttl"]) for record in made)
    proves("hosts are proxied; what validates a certificate is not, for 60 seconds", seen == [(False, True, 1)] * 6 + [(True, False, 60)] * 6, seen)
    writes = len(cloudflare.writes())
    for owner in ("production", "staging"):
        diff(project, cloudflare, owner).ended(0)
        project.dns("emit", owner, "--to", "octodns").ended(0)
        octodns = project.octodns(owner)
        plan, _ = octodns.plan()
        octodns.sync("--doit").ended(0)
        proves(f"a second run for {owner} changes nothing", plan == {} and len(cloudflare.writes()) == writes, plan)

    # A limit of requests is waited for.
    admin = cloudflare.named(host("admin"))[0]
    cloudflare.drop(admin["id"])
    diff(project, cloudflare, "production").ended(3)
    project.dns("emit", "production", "--to", "octodns").ended(0)
    cloudflare.ask("POST", "/__fault", {"status": 429, "times": 2, "method": "POST", "path": "dns_records"})
    project.octodns("production").apply()
    made = cloudflare.named(host("admin"))
    proves("a limit of requests is waited for", len(made) == 1 and made[0]["content"] == admin["content"], made)

    # Somebody switches the proxy off; the stage that is behind it switches it on again.
    api = cloudflare.named(host("api"))[0]
    cloudflare.ask("PATCH", f"/zones/{cloudflare.id}/dns_records/{api['id']}", {"proxied": False, "ttl": 120})
    diff(project, cloudflare, "production").ended(3)
    project.dns("emit", "production", "--to", "octodns").ended(0)
    octodns = project.octodns("production")
    proves("what was changed by hand is one update", octodns.plan()[0] == {"update": 1}, octodns.plan())
    octodns.apply()
    proves("and is as it was", cloudflare.named(host("api"))[0]["proxied"] is True)

    sibling(project, cloudflare)
    not_let_through(project, cloudflare)
    # Hosts go with their stage, what renews certificates stays.
    before = cloudflare.records()
    diff(project, cloudflare, "staging", "--teardown").ended(3)
    project.dns("emit", "staging", "--to", "octodns").ended(0)
    project.octodns("staging").apply()
    after = cloudflare.records()
    gone = [record for id, record in before.items() if id not in after]
    proves("teardown deletes the hosts of staging with their markers, no more", sorted(record["name"] for record in gone) == sorted(
        name for label in HOSTS["staging"] for name in (host(label), f"_reggie-cfn.cname.{host(label)}")), gone)  # fmt: skip
    others = {id: record for id, record in before.items() if record not in gone}
    proves("and touches nothing else", is_kept(others, cloudflare) and len(after) == len(others))


def not_let_through(project: Project, cloudflare: Cloudflare) -> None:
    """Somebody takes a record out of octoDNS's file where the gate had nothing to delete."""
    diff(project, cloudflare, "staging").ended(0)
    project.dns("emit", "staging", "--to", "octodns").ended(0)
    zone = project.octodns("staging").folder / "zones" / f"{ZONE}.yaml"
    records = yaml.safe_load(zone.read_text(encoding="utf-8"))
    del records["staging-admin"]
    zone.write_text(yaml.safe_dump(records, sort_keys=False), encoding="utf-8")
    before = cloudflare.state()
    refused = project.octodns("staging").sync().ended(1, "Too many deletes")
    proves("octoDNS deletes nothing where the gate did not", cloudflare.state() == before, refused.text)


def sibling(project: Project, cloudflare: Cloudflare) -> None:
    """Staging takes a host that is production's: from a branch that has no production, so that no compiler sees both."""
    branch = Project(project.reggie, project.folder / "environments", FOLDER / "branch")
    (branch.folder / "environments" / "production.yaml").unlink()
    layer = branch.folder / "environments" / "staging.yaml"
    text = layer.read_text(encoding="utf-8")
    layer.write_text(text.replace("admin_host: staging-admin.", "admin_host: admin."), encoding="utf-8")
    branch.call("build", "staging").ended(0)
    branch.resolve("staging")
    before = cloudflare.state()
    refused = diff(branch, cloudflare, "staging").ended(1, host("admin"), "reggie/production")
    written = branch.folder / ".reggie-cfn" / "staging" / f"{ZONE}.changes.json"
    proves("the gate refuses a host of another stage, and writes nothing", not written.exists(), refused.text)
    branch.dns("emit", "staging", "--to", "octodns").ended(2)
    forced = branch.folder / "forced"
    shutil.copytree(project.octodns("staging").folder, forced)
    zone = forced / "zones" / f"{ZONE}.yaml"
    zone.write_text(zone.read_text(encoding="utf-8").replace("staging-admin:", "admin:"), encoding="utf-8")
    taken = parts.OctoDns(forced, in_order=False).sync("--doit", "--force").ended(1, "refusing to take over", "reggie/production")
    proves("octoDNS refuses it, too", cloudflare.state() == before, taken.text)


def batch(project: Project, owner: str) -> list[str]:
    """The commands that `dns emit` says to run, and nothing else."""
    told = project.dns("emit", owner, "--to", "cloudflare-batch", "--format", "json").ended(0)
    return json.loads(told.out)["next"]


def by_batch(project: Project, cloudflare: Cloudflare) -> None:
    foreign = started(cloudflare)
    for owner in ("production", "staging"):
        diff(project, cloudflare, owner).ended(3)
        commands = batch(project, owner)
        for command in commands:
            run(["bash", "-c", command], project.folder).ended(0, '"success": true')
        proves(f"one call of the API does all of {owner}", len(commands) == 1 and kinds(of(owner, cloudflare.records())) == {"CNAME": 6, "TXT": 6}, commands)
        diff(project, cloudflare, owner).ended(0)
        project.dns("emit", owner, "--to", "octodns").ended(0)
        proves("octoDNS takes what it made for its own, and has nothing to do", project.octodns(owner).plan()[0] == {}, project.octodns(owner).plan())
    proves("nothing else changes by a batch", is_kept(foreign, cloudflare))

    # Somebody makes an address while the change is being reviewed.
    label = "staging-api"
    for record in [*cloudflare.named(host(label)), *cloudflare.named(f"_reggie-cfn.cname.{host(label)}", "TXT"), *cloudflare.named(host("staging"))]:
        cloudflare.drop(record["id"])
    diff(project, cloudflare, "staging").ended(3)
    commands = batch(project, "staging")
    cloudflare.make(name=host(label), type="A", content="203.0.113.9", ttl=300)
    before = cloudflare.state()
    refused = run(["bash", "-c", commands[0]], project.folder).ended(22, '"success": false')
    proves("a batch that does not fit any more does nothing at all", cloudflare.state() == before, refused.text)
    diff(project, cloudflare, "staging").ended(1, host(label))
    diff(project, cloudflare, "staging", "--adopt", host(label)).ended(3)
    refused = project.dns("emit", "staging", "--to", "octodns").ended(1, "DNS050")
    proves("octoDNS is not given what it cannot do in one step", "cloudflare-batch" in refused.text)
    for command in batch(project, "staging"):
        run(["bash", "-c", command], project.folder).ended(0)
    swapped = cloudflare.named(host(label))
    proves("an address becomes a CNAME in one call", len(swapped) == 1 and not cloudflare.named(host(label), "A"), swapped)
    diff(project, cloudflare, "staging").ended(0)

    # A preview comes and goes.
    before = cloudflare.records()
    diff(project, cloudflare, "pr-7").ended(3)
    project.dns("emit", "pr-7", "--to", "octodns").ended(1, "DNS051")
    for command in batch(project, "pr-7"):
        run(["bash", "-c", command], project.folder).ended(0)
    made = of("pr-7", cloudflare.records())
    proves("a preview takes a record a name, without markers", kinds(made) == {"CNAME": 6}, made)
    diff(project, cloudflare, "pr-7").ended(0)
    diff(project, cloudflare, "pr-7", "--teardown").ended(3)
    for command in batch(project, "pr-7"):
        run(["bash", "-c", command], project.folder).ended(0)
    left = of("pr-7", cloudflare.records())
    names = {record["name"] for record in left.values()}
    proves("its hosts go with it", not names & set(map(host, HOSTS["pr-7"])) and is_kept(before, cloudflare), left)

    # An export says the same as the API, but for ids.
    codes = [diff(project, cloudflare, owner, live=cloudflare.export(project.folder)).code for owner in ("production", "staging")]
    proves("the zone's export is read as its list is", codes == [0, 0], codes)
    refused = project.dns("emit", "staging", "--to", "cloudflare-batch")
    proves("a batch wants the list with its ids", refused.code == 1 and "DNS054" in refused.text, refused.text)
    project.resolve("staging", **{host("staging"): "d0123456789abc.cloudfront.net"})
    refused = project.dns("emit", "staging", "--to", "octodns")
    proves("changes of records that were resolved anew since are not applied", refused.code == 1 and "DNS053" in refused.text, refused.text)
    project.resolve("staging")

    # A zone of the Free plan holds 200 records.
    cloudflare.ask("POST", "/__reset", {"records": FOREIGN})
    diff(project, cloudflare, "production").ended(3)
    commands = batch(project, "production")
    filling = [{"name": f"h{number}", "type": "A", "content": "198.51.100.9"} for number in range(185)]
    cloudflare.ask("POST", "/__reset", {"records": FOREIGN + filling})
    before = cloudflare.state()
    run(["bash", "-c", commands[0]], project.folder).ended(22, "81045")
    refused = diff(project, cloudflare, "production")
    proves("a zone that is too full is refused by the gate, and by the API", refused.code == 1 and cloudflare.state() == before, refused.text)


def by_import(project: Project, cloudflare: Cloudflare) -> None:
    """The zone file of Cloudflare's form, imported, is what the API would have made."""
    foreign = started(cloudflare)
    for owner in ("production", "staging"):
        project.dns("emit", owner, "--to", "bind").ended(0)
        path = project.folder / ".reggie-cfn" / owner / f"{ZONE}.cloudflare.zone"
        where = f"{cloudflare.url}/zones/{cloudflare.id}/dns_records/import"
        run(["curl", "--silent", "--fail-with-body", "--header", f"Authorization: Bearer {parts.TOKEN}", "--form", f"file=@{path}", where], FOLDER).ended(0)
        diff(project, cloudflare, owner).ended(0)
    proves("an imported zone file is what `dns diff` wants", is_kept(foreign, cloudflare))


def by_bind(project: Project) -> None:
    version = run_bind("named", "-v").ended(0).out
    proves("BIND is 9.18 or 9.20", version.startswith(("BIND 9.18.", "BIND 9.20.")), version)
    maps = Project(project.reggie, tools.ROOT / "tests" / "projects" / "19-nextjs" / "environments", FOLDER / "maps")
    for extra in ("inputs", "packages"):
        source = tools.ROOT / "tests" / "projects" / "19-nextjs" / extra
        if source.exists():
            shutil.copytree(source, maps.folder / extra)
    maps.call("build", "production").ended(0)
    maps.resolve("production")
    files: dict[str, Path] = {}
    for of_project, owner, zone in ((project, "staging", ZONE), (project, "production", ZONE), (maps, "production", "maps.example")):
        of_project.dns("emit", owner, "--to", "bind", "--flavour", "rfc").ended(0)
        files[zone] = of_project.folder / ".reggie-cfn" / owner / f"{zone}.rfc.zone"
        told = run_bind("named-checkzone", "-i", "local", "-k", "fail", zone, files[zone]).ended(0, "OK")
        proves(f"named-checkzone takes the zone of {owner} in {zone}, all of it", "ignoring" not in told.text, told.text)
    wrong = FOLDER / "wrong.zone"
    wrong.write_text(files[ZONE].read_text(encoding="utf-8") + "api.elsewhere.example.\t60\tIN\tA\t192.0.2.2\n", encoding="utf-8")
    proves("it would say which line it leaves out", "ignoring" in run_bind("named-checkzone", "-i", "local", ZONE, wrong).text)
    wanted = {
        (zone, record["name"]): record
        for of_project, zone in ((project, ZONE), (maps, "maps.example"))
        for record in json.loads((of_project.folder / ".reggie-cfn" / "production" / f"{zone}.resolved.json").read_text(encoding="utf-8"))["records"]
    }
    with Named(FOLDER / "named", files) as server:
        for (zone, name), record in wanted.items():
            if name == zone:
                found = server.dig(name, "A") + server.dig(name, "AAAA")
                proves(f"BIND answers at the top of {zone}, with samples", found == ["192.0.2.1", "2001:db8::1"], found)
                continue
            asked = name.replace("*", "anything")
            found = server.dig(asked, "CNAME")
            proves(f"BIND answers for {asked}", found == [record["content"] + "."], found)
        found = server.dig(f"_reggie-cfn.cname.api.{ZONE}", "TXT")
        proves("and for a marker", found == ['"reggie/production"'], found)


if __name__ == "__main__":
    try:
        main()
    except urllib.error.HTTPError as error:
        tools.stop(f"dns: {error.url}: {error.code} {error.read().decode()}")
    sys.exit(0)
