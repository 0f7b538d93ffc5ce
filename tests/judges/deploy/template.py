"""Makes of a committed template one that the emulator can deploy: `template.py TEMPLATE TYPES INTO`.

TYPES is a file of the types that the emulator knows, one a line. A resource of another type, or with a property that it refuses, is dropped; what refers
to it gets a fixed text of the form that AWS would give. A function of an image, which the emulator could run in Docker only, gets code that tells the
image. Nothing else is changed. What was done is written beside INTO, `INTO.notes`, one line each: `dropped TEMPLATE ID TYPE`, `replaced TEMPLATE ID.ATTRIBUTE`, `emptied TEMPLATE ID`.
"""

import hashlib
import json
import re
import sys
from pathlib import Path

from awscli.customizations.cloudformation.yamlhelper import yaml_parse

# What a reference to a dropped resource gives, by type and attribute ("Ref" for the resource itself): {h} is 17 hexadecimal digits, {n} 2 to 251.
TEXTS = {
    ("AWS::EC2::Instance", "Ref"): "i-{h}",
    ("AWS::EC2::EIP", "Ref"): "198.51.100.{n}",
    ("AWS::EC2::EIP", "PublicIp"): "198.51.100.{n}",
    ("AWS::EC2::EIP", "AllocationId"): "eipalloc-{h}",
    ("AWS::Events::ApiDestination", "Arn"): "arn:aws:events:us-east-1:123456789012:api-destination/{h}/1",
    ("AWS::Route53::HealthCheck", "Ref"): "{h:.8}-1111-2222-3333-444444444444",
}

# A property with which the emulator refuses a resource of a type that it knows.
REFUSED = {"AWS::CloudWatch::Alarm": "Metrics"}

# What a function of an image does instead.
TELLS = 'exports.handler = async () => { console.log("runs ${Image}"); return { image: "${Image}" }; };'


class Rewriting:
    def __init__(self, name: str, template: dict, known: set[str]):
        self.name, self.template = name, template
        resources = template["Resources"]
        refused = lambda body: body["Type"] not in known or REFUSED.get(body["Type"]) in body.get("Properties", {})
        self.dropped = {id: body["Type"] for id, body in resources.items() if refused(body)}
        self.notes = [f"dropped {name} {id} {type}" for id, type in self.dropped.items()]

    def text(self, id: str, attribute: str) -> str:
        form = TEXTS.get((self.dropped[id], attribute))
        if form is None:
            sys.exit(f"{self.name}: {id}.{attribute} is used, {self.dropped[id]} is dropped, and nothing says what stands in its place")
        digest = hashlib.sha256(f"{id}.{attribute}".encode()).hexdigest()
        self.notes.append(f"replaced {self.name} {id}.{attribute}")
        return form.format(h=digest[:17], n=int(digest[:2], 16) % 250 + 2)

    def walked(self, value):
        if isinstance(value, list):
            return [self.walked(item) for item in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((function, given),) = value.items()
            if function == "Ref" and given in self.dropped:
                return self.text(given, "Ref")
            if function == "Fn::GetAtt":
                id, attribute = given if isinstance(given, list) else given.split(".", 1)
                if id in self.dropped:
                    return self.text(id, attribute)
            if function == "Fn::Sub":
                return {function: self.substituted(given)}
        return {key: self.walked(item) for key, item in value.items()}

    def substituted(self, given):
        text, values = (given, {}) if isinstance(given, str) else (given[0], self.walked(given[1]))

        def replace(found):
            id, _, attribute = found[1].partition(".")
            return self.text(id, attribute or "Ref") if id in self.dropped and found[1] not in values else found[0]

        text = re.sub(r"\$\{([^!}]+)\}", replace, text)
        return [text, values] if values else text

    def tell_image(self, id: str, properties: dict) -> None:
        self.notes.append(f"emptied {self.name} {id}")
        properties.pop("ImageConfig", None)
        code = {"ZipFile": {"Fn::Sub": [TELLS, {"Image": properties["Code"]["ImageUri"]}]}}
        properties.update(PackageType="Zip", Runtime="nodejs22.x", Handler="index.handler", Code=code)

    def rewritten(self) -> dict:
        made = {}
        for id, body in self.template["Resources"].items():
            if id in self.dropped:
                continue
            made[id] = body = self.walked(body)
            if "ImageUri" in body.get("Properties", {}).get("Code", {}):
                self.tell_image(id, body["Properties"])
            after = body.pop("DependsOn", [])
            after = [other for other in ([after] if isinstance(after, str) else after) if other not in self.dropped]
            if after:
                body["DependsOn"] = after
        return {**self.walked({key: value for key, value in self.template.items() if key != "Resources"}), "Resources": made}


def main() -> None:
    source, types, into = map(Path, sys.argv[1:])
    rewriting = Rewriting(source.name, yaml_parse(source.read_text(encoding="utf-8")), set(types.read_text().split()))
    text = json.dumps(rewriting.rewritten(), separators=(",", ":"))
    into.with_name(into.name + ".notes").write_text("".join(f"{note}\n" for note in rewriting.notes), encoding="utf-8")
    into.write_text(text, encoding="utf-8")


main()
