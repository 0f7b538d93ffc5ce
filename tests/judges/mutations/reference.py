"""Mutations of references: to what is not there, of what has another type, in circles."""

import regex

from schema import attributes, may_be_attribute, nodes, types
from template import Use, at, edges, is_function, region, uses

# What `Ref` of these returns, by the section "Return values" of each type's page, with the name that CloudFormation makes up.
NAME = "reggie-production-app-Self-1A2B3C4D5E6F"
REF = {
    "AWS::IAM::Role": NAME,
    "AWS::IAM::InstanceProfile": NAME,
    "AWS::Logs::LogGroup": NAME,
    "AWS::DynamoDB::Table": NAME,
    "AWS::S3::Bucket": NAME.lower(),
    "AWS::SQS::Queue": f"https://sqs.eu-west-2.amazonaws.com/123456789012/{NAME}",
}


def kind_of(template: dict, name: str) -> str:
    return template["Resources"][name]["Type"]


def renamed(template: dict, use: Use, target: str, attribute: str | None) -> dict:
    """The edit by which the reference names another target and attribute."""
    if use.form == "Fn::GetAtt":
        return {"set": list(use.place), "to": [target, attribute]}
    if use.form == "Fn::Sub":
        was = use.target + (f".{use.attribute}" if use.attribute else "")
        now = target + (f".{attribute}" if attribute else "")
        return {"set": list(use.place), "to": at(template, use.place).replace("${" + was + "}", "${" + now + "}")}
    return {"set": list(use.place), "to": target}


def dangling_reference(templates, chance):
    why = {
        "Ref": "Ref: the name of a parameter or resource of the template",
        "Fn::GetAtt": "Fn::GetAtt: the logical name of a resource of the template",
        "Fn::Sub": "Fn::Sub: a parameter, resource or attribute of the template",
        "DependsOn": "DependsOn: a resource of the template",
    }
    for file, template in templates.items():
        known = set(template["Resources"]) | set(template.get("Parameters", {}))
        for use in uses(template):
            wrong = chance.misspelt(use.target, known)
            section = use.place[0].lower()[:-1]
            target = "parameter" if use.target in template.get("Parameters", {}) else "resource"
            form = f"{use.form} of an attribute" if use.form == "Fn::Sub" and use.attribute else use.form
            group = kind_of(template, use.place[1]) if section == "resource" else section
            edit = renamed(template, use, wrong, use.attribute)
            yield f"{form} to a {target}, {section}", group, file, [edit], f"{form} names {wrong}", why[use.form]
        for section in ("Resources", "Outputs"):
            for name in template.get(section, {}):
                edit = {"set": [section, name, "Condition"], "to": "IsProduction"}
                what, rule = "Condition names IsProduction", "Conditions: a condition must be defined in the section Conditions"
                yield "Condition", section, file, [edit], what, rule
        for name, body in template["Resources"].items():
            for node in nodes({"Resources": {name: body}}, region(file)):
                if isinstance(node.value, bool):
                    for form, to in (
                        ("Fn::If", {"Fn::If": ["IsProduction", node.value, {"Ref": "AWS::NoValue"}]}),
                        ("Fn::FindInMap", {"Fn::FindInMap": ["Settings", "production", "value"]}),
                    ):
                        edit = {"set": list(node.place), "to": to}
                        yield form, node.type, file, [edit], f"{form} names {to[form][0]}", f"{form}: what it names must be defined in the template"


def wrong_attribute(templates, chance):
    foreign = ["Arn", "Id", "Name", "DomainName", "Endpoint.Url", "GroupName", "QueueUrl", "TableArn", "BucketArn", "Version"]
    for file, template in templates.items():
        where = region(file)
        for use in uses(template):
            if use.attribute and use.target in template["Resources"]:
                type = kind_of(template, use.target)
                for wrong, group in ((chance.misspelt(use.attribute), "misspelt"), (chance.choice(foreign), "foreign")):
                    if not may_be_attribute(type, where, wrong):
                        edit, what = renamed(template, use, use.target, wrong), f"{use.form} of {use.target}.{wrong}"
                        yield f"{group} attribute", type, file, [edit], what, f"{type} has no attribute or property {wrong}"
        yield from wrong_source(file, template, where)


def wrong_source(file: str, template: dict, where: str):
    """References to what is there, where something else is wanted."""
    reach = reaching(template)
    sources = []
    for name in template["Resources"]:
        type = kind_of(template, name)
        for attribute, kinds in attributes(type, where).items():
            sources.append((name, type, attribute, kinds))
    for node in nodes(template, where):
        if node.value is None or not node.shape:
            continue
        owner, wanted = node.place[1], types(node.schema)
        for name, type, attribute, kinds in sources:
            if owner in reach[name] or owner == name:
                continue
            edit = {"set": list(node.place), "to": {"Fn::GetAtt": [name, attribute]}}
            fact = f"{node.type} {node.shape}: type {'|'.join(sorted(wanted))}"
            what = f"{name}.{attribute}: {'|'.join(sorted(kinds))} for {node.shape}"
            if kinds == {"array"} and wanted == {"string"}:
                yield "list for a text", node.type + type, file, [edit], what, f"{fact}; {type} {attribute} is an array"
            elif kinds == {"string"} and wanted == {"array"}:
                yield "text for a list", node.type + node.shape, file, [edit], what, f"{fact}; {type} {attribute} is a string"
            elif attribute == "Arn" and wanted and wanted <= {"integer", "number", "boolean"}:
                yield "ARN for a number or a boolean", node.type + node.shape, file, [edit], what, f"{fact}; {type} Arn is an ARN"
        for name in template["Resources"]:
            type = kind_of(template, name)
            if owner in reach[name] or owner == name or wanted != {"string"}:
                continue
            edit, what = {"set": list(node.place), "to": {"Ref": name}}, f"Ref of {name} for {node.shape}"
            pattern, format = node.schema.get("pattern"), node.schema.get("format", "")
            if is_function(node.value) and pattern and type in REF and not regex.search(pattern, REF[type]):
                bucket = "Ref of a role for an ARN" if type == "AWS::IAM::Role" else "Ref whose value does not fit"
                why = f"{node.type} {node.shape}: pattern {pattern}; Ref of {type} gives {REF[type]!r}"
                yield bucket, node.type + type, file, [edit], what, why
            elif is_function(node.value) and format.endswith(".Id") and format.startswith("AWS::EC2::") and format.removesuffix(".Id") != type:
                why = f"{node.type} {node.shape}: format {format}; {name} is {type}"
                yield "Ref of another type", node.type, file, [edit], what, why
    for name in template.get("Outputs", {}):
        for resource, type, attribute, kinds in sources:
            if kinds <= {"array", "object"}:
                edit = {"set": ["Outputs", name, "Value"], "to": {"Fn::GetAtt": [resource, attribute]}}
                why = f"Outputs: Value is a string; {type} {attribute} is {'|'.join(sorted(kinds))}"
                yield "list or map for an output", type, file, [edit], f"{resource}.{attribute}", why


def reaching(template: dict) -> dict[str, dict[str, list[str]]]:
    """For every resource what it needs, straight or through others, each with the resources on a shortest way, both ends included."""
    needs, reach = edges(template), {}
    for start in needs:
        ways, queue = {}, [[start]]
        for way in queue:
            for target in needs[way[-1]]:
                if target not in ways:
                    ways[target] = [*way, target]
                    queue.append(ways[target])
        reach[start] = ways
    return reach


def circle(templates, _):
    for file, template in templates.items():
        where, reach = region(file), reaching(template)
        plain = {}
        for node in nodes(template, where):
            if isinstance(node.value, str) and types(node.schema) == {"string"} and not {"enum", "pattern", "format"} & set(node.schema):
                plain.setdefault(node.place[1], []).append(node)
        for name in template["Resources"]:
            for end, way in [(name, [name]), *reach[name].items()]:
                around = " → ".join([*way, name])
                length = "itself" if len(way) == 1 else "two" if len(way) == 2 else "three or more"
                why, group = "Circular dependency: no resource may need itself, straight or through others", kind_of(template, end)
                waits = template["Resources"][end].get("DependsOn", [])
                waits = [*([waits] if isinstance(waits, str) else waits), name]
                edit = {"set": ["Resources", end, "DependsOn"], "to": waits if len(waits) > 1 else name}
                yield f"DependsOn, {length}", group, file, [edit], around, why
                for node in plain.get(end, []):
                    texts = [attribute for attribute, kinds in attributes(kind_of(template, name), where).items() if kinds == {"string"}]
                    forms = [("Ref", name), ("Fn::Sub", f"of ${{{name}}}")]
                    forms += [("Fn::GetAtt", [name, texts[0]]), ("Fn::Sub", f"of ${{{name}.{texts[0]}}}")] if texts else []
                    for form, argument in forms:
                        edit = {"set": list(node.place), "to": {form: argument}}
                        detail = " of an attribute" if form == "Fn::Sub" and "." in argument else ""
                        yield f"{form}{detail}, {length}", group + node.shape, file, [edit], around, why
