"""SG Cars Trends in the emulator: the certificate that all stages share, prod, and a preview that comes, reads the secrets of dev, and goes."""

import json
import re

import tools
from applications import lay, put
from stage import Stage, difference, proves
from world import Emulator, Project, parts

SOURCE = tools.ROOT / "examples/sgcarstrends"
ZONE = "sgcarstrends.com"
SHARED, PROD, PREVIEW = "shared", "prod", "pr-123"

# Tells what it was given: whose secrets, and whether the request came through CloudFront.
API = """export const handler = async (event) => ({
  statusCode: 200,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({
    path: event.rawPath,
    stage: process.env.STAGE,
    token: process.env.QSTASH_TOKEN,
    bearer: event.headers.authorization,
    isFromCloudFront: event.headers["x-origin-key"] === process.env.ORIGIN_KEY,
  }),
});
"""


class Judge:
    def __init__(self, project: Project, emulator: Emulator, cloudflare: parts.Cloudflare):
        self.project, self.emulator, self.cloudflare = project, emulator, cloudflare
        self.shared, self.prod, self.preview = (Stage(project, emulator, name) for name in (SHARED, PROD, PREVIEW))
        self.account = self.prod.account
        self.inputs = project.folder / "prod.inputs"

    def judge(self) -> None:
        lay(self.project.folder, self.prod.manifest["components"], API)
        put(self.inputs, "AlarmEmail=team@example.com\n")
        self.certificate()
        self.prod_is_deployed()
        self.preview_is_deployed()
        self.again()
        self.gone()

    def secret(self, stage: str, without: str = "") -> None:
        """Gives the keys of a stage's secret values that say whose they are, but for one."""
        text = json.dumps({name: f"{stage}-{name}" for name in self.prod.manifest["secrets"] if name != without})
        client = self.account.client("secretsmanager", self.account.home)
        name = f"{self.prod.index['project']}/{stage}"
        if name in [secret["Name"] for secret in self.account.all("secretsmanager", "list_secrets", "SecretList")]:
            client.put_secret_value(SecretId=name, SecretString=text)
        else:
            client.create_secret(Name=name, SecretString=text)

    def records(self) -> dict[tuple[str, str], str]:
        return {(record["name"], record["type"]): record["content"] for record in self.cloudflare.records().values()}

    def certificate(self) -> None:
        ran = self.shared.deploy().ended(1, "DNSSEC")
        proves("a zone that is not signed is refused, and none of its records is touched", len(self.records()) == 1, ran.text)
        self.cloudflare.ask("PATCH", f"/zones/{self.cloudflare.id}/dnssec", {"status": "active"})
        ran = self.shared.deploy().ended(0)
        stacks = self.shared.stacks()
        proves("the shared certificate is a stack in us-east-1", set(stacks) == set(self.shared.order) == {("us-east-1", "sgcarstrends-shared-certificates")}, ran.text)
        (self.arn,) = (stack.outputs["WildcardUsEast1Arn"] for stack in stacks.values())
        proves("and one record for both its names, beside which stands whose it is", len(self.records()) == 3, self.records())
        self.account_wide = self.certificates()

    def certificates(self) -> list[str]:
        found = self.account.all("acm", "list_certificates", "CertificateSummaryList", "us-east-1")
        return sorted(certificate["CertificateArn"] for certificate in found)

    def prod_is_deployed(self) -> None:
        self.secret(PROD, without="OriginKey")
        ran = self.prod.deploy("--inputs", str(self.inputs)).ended(1, "OriginKey")
        proves("without one key of its secret, nothing of prod is deployed", not self.prod.stacks(), ran.text)
        self.secret(PROD)
        ran = self.prod.deploy("--inputs", str(self.inputs)).ended(0)
        self.is_complete(self.prod, ran)
        proves("prod is protected", all(stack.protected for stack in self.prod.stacks().values()))
        self.answers(self.prod, PROD)
        self.leads(self.prod, {ZONE: "Web", f"www.{ZONE}": "Web", f"api.{ZONE}": "Api"})
        given = self.prod.given()
        proves("prod's alarms are told to whom --inputs names", given["AlarmEmail"] == "team@example.com", given)

    def is_complete(self, stage: Stage, ran) -> None:
        stacks = stage.stacks()
        complete = set(stacks) == set(stage.order) and {stack.status for stack in stacks.values()} == {"CREATE_COMPLETE"}
        proves(f"{stage.name}: {len(stage.order)} stacks are complete", complete, stacks, ran.text)
        made = sorted(stacks, key=lambda key: stacks[key].made)
        proves(f"{stage.name}: in the order of index.yaml, the router after the site", made == stage.order, made)
        proves(f"{stage.name}: its distributions have the shared certificate", stage.given()["WildcardUsEast1Arn"] == self.arn, stage.given())

    def answers(self, stage: Stage, secrets: str) -> None:
        name = self.output(stage, "CarsApiName")
        variables = self.account.client("lambda", self.account.home).get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        wanted = {"STAGE": stage.name, "QSTASH_TOKEN": f"{secrets}-QstashToken", "ORIGIN_KEY": f"{secrets}-OriginKey"}
        proves(f"{stage.name}: its API has the secrets of {secrets}", {key: variables[key] for key in wanted} == wanted, variables)
        url, answer = self.output(stage, "CarsApiUrl").removeprefix("https://"), {"path": "/cars", "stage": stage.name, "token": f"{secrets}-QstashToken"}
        for key, is_from_cloudfront in (("guessed", False), (f"{secrets}-OriginKey", True)):
            status, _, body = self.emulator.get(url, "/cars", {"X-Origin-Key": key, "Authorization": "Bearer t"})
            wanted = {**answer, "bearer": "Bearer t", "isFromCloudFront": is_from_cloudfront}
            proves(f"{stage.name}: its API answers a request {'of CloudFront' if is_from_cloudfront else 'of others'}", (status, json.loads(body)) == (200, wanted), status, body)
        for host in ("Api", "Web"):
            status, headers, _ = self.emulator.get(self.output(stage, f"CarsRouter{host}DnsTarget"), "/cars")
            refused = (status, headers.get("x-cache"))
            proves(f"{stage.name}: {host} is refused at the name that AWS gave it", refused == (403, "FunctionGeneratedResponse from cloudfront"), headers)

    def output(self, stage: Stage, name: str) -> str:
        (value,) = {stack.outputs[name] for stack in stage.stacks().values() if name in stack.outputs}
        return value

    def leads(self, stage: Stage, hosts: dict[str, str]) -> None:
        records = self.records()
        wanted = {host: self.output(stage, f"CarsRouter{to}DnsTarget") for host, to in hosts.items()}
        proves(f"{stage.name}: its hosts lead to its distributions", {host: records[host, "CNAME"] for host in hosts} == wanted, records, wanted)

    def preview_is_deployed(self) -> None:
        self.before = {"left": self.account.left(), "zone": self.records(), **self.account.seen()}
        ran = self.preview.deploy().ended(1, "sgcarstrends/dev")
        proves("a preview asks for the secrets of dev, and is not deployed without", not self.preview.stacks(), ran.text)
        self.secret("dev")
        self.before["left"] = self.account.left()
        ran = self.preview.deploy().ended(0)
        proves("and for nobody's address", "AlarmEmail" not in ran.text, ran.text)
        self.is_complete(self.preview, ran)
        proves("it has no certificate of its own", self.certificates() == self.account_wide)
        self.answers(self.preview, "dev")
        self.leads(self.preview, {f"{PREVIEW}.{ZONE}": "Web", f"api-{PREVIEW}.{ZONE}": "Api"})
        added = set(self.records()) - set(self.before["zone"])
        proves("and two records, with none beside them", added == {(f"{PREVIEW}.{ZONE}", "CNAME"), (f"api-{PREVIEW}.{ZONE}", "CNAME")}, added)

    def again(self) -> None:
        before, zone = self.account.seen(), self.cloudflare.state()
        for stage, options in ((self.shared, ()), (self.prod, ("--inputs", str(self.inputs))), (self.preview, ())):
            ran = stage.deploy(*options).ended(0)
            after = self.account.seen()
            proves(f"{stage.name}: a second run changes nothing", before == after and self.cloudflare.state() == zone, difference(before, after), ran.text)

    def gone(self) -> None:
        ran = self.preview.torn_down().ended(0)
        proves("teardown leaves no stack of the preview", not self.preview.stacks(), ran.text)
        left = self.account.left()
        proves("nor anything else", left == self.before["left"], sorted(left ^ self.before["left"]), ran.text)
        proves("nor a record", self.records() == self.before["zone"], self.records())
        kept = [key for key in self.account.objects(self.account.output("ArtifactBucket")) if f"/{PREVIEW}/" in key]
        proves("nor a release of it", not kept, kept)
        named = [it for it in (*self.account.buckets(), *self.account.functions()) if re.search(rf"\b{PREVIEW}\b", it)]
        proves("and nothing has its name", not named, named)
        prod = {key: stack.changed for key, stack in self.prod.stacks().items()}
        was = {key: changed for key, (_, changed, _) in self.before["stacks"].items() if key in prod}
        proves("prod is as it was", prod == was, prod, was)
