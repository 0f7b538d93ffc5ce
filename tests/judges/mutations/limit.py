"""Mutations that go one beyond a limit of CloudFormation's. Source: "Understand CloudFormation quotas", and the pages of the sections."""

QUOTAS = "CloudFormation quotas"
HANDLE = {"Filler{}": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}
PARAMETER = {"Filler{}": {"Type": "String", "Default": "none"}}
MAPPING = {"Filler{}": {"all": {"value": "{}"}}}
ATTRIBUTES = ["Mappings", "Filler", "all"]
LONG = "A" * 256
DYNAMIC = "Get values stored in other services using dynamic references: 60 in a template"
REFERENCE = "{{resolve:ssm:/reggie/filler/" + "{}" + "}}"


def ssm(value: str) -> dict:
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}}


READERS = {"Filler{}": ssm(REFERENCE)}
LONG_DEFAULT = {"Type": "String", "Default": "x" * 4097}


def limit(templates, _):
    for file, template in templates.items():
        resources = len(template["Resources"])
        references = ", ".join(REFERENCE.replace("{}", str(number)) for number in range(1, 62))
        found = [
            ("resources", {"fill": ["Resources"], "with": HANDLE, "until": 501}, "501 resources", f"{QUOTAS}: 500"),
            ("parameters", {"fill": ["Parameters"], "with": PARAMETER, "until": 201}, "201 parameters", f"{QUOTAS}: 200"),
            ("outputs", {"fill": ["Outputs"], "with": {"Filler{}": {"Value": "{}"}}, "until": 201}, "201 outputs", f"{QUOTAS}: 200"),
            ("mappings", {"fill": ["Mappings"], "with": MAPPING, "until": 201}, "201 mappings", f"{QUOTAS}: 200"),
            ("attributes", {"fill": [*ATTRIBUTES], "with": {"key{}": "{}"}, "until": 201}, "201 attributes of a mapping", f"{QUOTAS}: 200"),
            ("references", {"fill": ["Resources"], "with": READERS, "until": resources + 61}, "61 texts with a dynamic reference", DYNAMIC),
            ("references", {"set": ["Resources", "Filler"], "to": ssm(references)}, "61 dynamic references in one text", DYNAMIC),
            ("size", {"text": ["Metadata", "Filler"], "length": 1_100_000}, "more than 1,100,000 bytes", f"{QUOTAS}: 1 MB in an S3 object"),
            ("description", {"text": ["Description"], "length": 1025}, "a description of 1025 bytes", f"{QUOTAS}: 1,024 bytes"),
            ("description", {"set": ["Description"], "to": "é" * 513}, "a description of 513 characters, 1026 bytes", f"{QUOTAS}: 1,024 bytes"),
            ("parameter name", {"set": ["Parameters", LONG], "to": PARAMETER["Filler{}"]}, "a parameter's name of 256 characters", f"{QUOTAS}: 255"),
            ("output name", {"set": ["Outputs", LONG], "to": {"Value": "none"}}, "an output's name of 256 characters", f"{QUOTAS}: 255"),
            ("resource name", {"set": ["Resources", LONG], "to": HANDLE["Filler{}"]}, "a resource's name of 256 characters", f"{QUOTAS}: 255"),
            ("mapping name", {"set": ["Mappings", LONG], "to": {"all": {"value": "none"}}}, "a mapping's name of 256 characters", f"{QUOTAS}: 255"),
            ("attribute name", {"set": [*ATTRIBUTES, LONG], "to": "none"}, "a mapping's attribute of 256 characters", f"{QUOTAS}: 255"),
            ("parameter value", {"set": ["Parameters", "Filler"], "to": LONG_DEFAULT}, "a default of 4097 bytes", f"{QUOTAS}: 4,096"),
        ]
        for name in list(template.get("Parameters", {}))[:1]:
            edit = {"text": ["Parameters", name, "Description"], "length": 4001}
            what = "a parameter's description of 4001 characters"
            found.append(("parameter description", edit, what, "Parameters: Description, up to 4000 characters"))
        for name in list(template.get("Outputs", {}))[:1]:
            edit = {"text": ["Outputs", name, "Description"], "length": 1025}
            found.append(("output description", edit, "an output's description of 1025 bytes", "Outputs: Description, up to 1024 bytes"))
        for bucket, edit, what, why in found:
            yield bucket, what, file, [edit], what, why
