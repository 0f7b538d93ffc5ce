"""What is in the account, read without the scripts' help."""

import hashlib
import json
from dataclasses import dataclass

EDGE = "us-east-1"


@dataclass(frozen=True)
class Stack:
    name: str
    region: str
    status: str
    protected: bool
    made: str
    changed: str
    parameters: dict[str, str]
    outputs: dict[str, str]
    tags: dict[str, str]


class Account:
    def __init__(self, client, home: str):
        self.client, self.home = client, home

    def all(self, service: str, operation: str, key: str, region: str | None = None, **given) -> list:
        client = self.client(service, region or self.home)
        pages = client.get_paginator(operation).paginate(**given) if client.can_paginate(operation) else [getattr(client, operation)(**given)]
        return [item for page in pages for item in page.get(key) or []]

    # CloudFormation.

    def stacks(self) -> dict[tuple[str, str], Stack]:
        """By region and name."""
        pairs = lambda items, key, value: {item[key]: item[value] for item in items or []}
        return {
            (region, stack["StackName"]): Stack(
                stack["StackName"],
                region,
                stack["StackStatus"],
                stack.get("EnableTerminationProtection", False),
                str(stack["CreationTime"]),
                str(stack.get("LastUpdatedTime")),
                pairs(stack.get("Parameters"), "ParameterKey", "ParameterValue"),
                pairs(stack.get("Outputs"), "OutputKey", "OutputValue"),
                pairs(stack.get("Tags"), "Key", "Value"),
            )
            for region in (self.home, EDGE)
            for stack in self.all("cloudformation", "describe_stacks", "Stacks", region)
        }

    def output(self, name: str) -> str:
        """An output of whichever stack has it."""
        (value,) = (stack.outputs[name] for stack in self.stacks().values() if name in stack.outputs)
        return value

    def id(self, stack: str, logical_id: str, region: str | None = None) -> str:
        client = self.client("cloudformation", region or self.home)
        return client.describe_stack_resource(StackName=stack, LogicalResourceId=logical_id)["StackResourceDetail"]["PhysicalResourceId"]

    def policy(self, stack: Stack) -> str | None:
        return self.client("cloudformation", stack.region).get_stack_policy(StackName=stack.name).get("StackPolicyBody")

    # What stacks hold.

    def functions(self) -> dict[str, str]:
        """The digest of each function's code, by its name."""
        found = [function for region in (self.home, EDGE) for function in self.all("lambda", "list_functions", "Functions", region)]
        return {function["FunctionName"]: function["CodeSha256"] for function in found}

    def objects(self, bucket: str) -> dict[str, tuple[str, str, str]]:
        """What a visitor would get of each object: its digest, Content-Type and Cache-Control."""
        client, found = self.client("s3", self.home), {}
        for item in self.all("s3", "list_objects_v2", "Contents", Bucket=bucket):
            got = client.get_object(Bucket=bucket, Key=item["Key"])
            found[item["Key"]] = (digest(got["Body"].read()), got.get("ContentType", ""), got.get("CacheControl", ""))
        return found

    def versions(self, bucket: str) -> list[str]:
        """Each version of each object, and each mark that one was deleted."""
        kinds = ("Versions", "DeleteMarkers")
        found = [item for kind in kinds for item in self.all("s3", "list_object_versions", kind, Bucket=bucket)]
        return sorted(f"{bucket}/{item['Key']} {item['VersionId']}" for item in found)

    def buckets(self) -> list[str]:
        return [bucket["Name"] for bucket in self.all("s3", "list_buckets", "Buckets")]

    def text(self, bucket: str, key: str) -> str:
        return self.client("s3", self.home).get_object(Bucket=bucket, Key=key)["Body"].read().decode()

    def rows(self, table: str) -> list[str]:
        return sorted(json.dumps(row, sort_keys=True) for row in self.all("dynamodb", "scan", "Items", TableName=table))

    def tables(self) -> list[str]:
        return self.all("dynamodb", "list_tables", "TableNames")

    def distributions(self) -> dict[str, list[str]]:
        """The invalidations of each distribution."""
        client = self.client("cloudfront", EDGE)
        ids = [item["Id"] for item in client.list_distributions()["DistributionList"].get("Items") or []]
        return {id: sorted(item["Id"] for item in client.list_invalidations(DistributionId=id)["InvalidationList"].get("Items") or []) for id in ids}

    def images(self) -> dict[str, str]:
        """The digests of images in the repository, by their tags."""
        (repository,) = self.all("ecr", "describe_repositories", "repositories")
        found = self.all("ecr", "describe_images", "imageDetails", repositoryName=repository["repositoryName"])
        return {tag: image["imageDigest"] for image in found for tag in image.get("imageTags", [])}

    def secrets(self, names: list[str]) -> None:
        """Gives the secrets of a stage a value."""
        client = self.client("ssm", self.home)
        for name in names:
            client.put_parameter(Name=name, Type="SecureString", Value=f"a value of {name}")

    def seen(self) -> dict[str, object]:
        """All that a deploy could have changed."""
        return {
            "stacks": {key: (stack.status, stack.changed, stack.protected) for key, stack in self.stacks().items()},
            "functions": self.functions(),
            "objects": [version for bucket in self.buckets() for version in self.versions(bucket)],
            "rows": {table: self.rows(table) for table in self.tables()},
            "invalidations": self.distributions(),
            "images": self.images(),
        }

    def resources(self, region: str, stack: str) -> list[dict]:
        return self.client("cloudformation", region).describe_stack_resources(StackName=stack)["StackResources"]

    def left(self) -> set[str]:
        """What there is besides stacks, as `TYPE ID`, of the kinds that a teardown could leave."""
        return {f"{type} {id}" for type, ids in self.kinds() for id in ids}

    def kinds(self) -> list[tuple[str, list[str]]]:
        names = lambda service, operation, key, name: [item[name] for item in self.all(service, operation, key)]
        groups = [group for group in self.all("ec2", "describe_security_groups", "SecurityGroups") if group["GroupName"] != "default"]
        clusters = "DBClusterParameterGroups", "DBClusterParameterGroupName"
        return [
            ("AWS::S3::Bucket", self.buckets()),
            ("AWS::DynamoDB::Table", self.tables()),
            ("AWS::Lambda::Function", list(self.functions())),
            ("AWS::CloudFront::Distribution", list(self.distributions())),
            ("AWS::Logs::LogGroup", names("logs", "describe_log_groups", "logGroups", "logGroupName")),
            ("AWS::RDS::DBCluster", names("rds", "describe_db_clusters", "DBClusters", "DBClusterIdentifier")),
            ("AWS::RDS::DBInstance", names("rds", "describe_db_instances", "DBInstances", "DBInstanceIdentifier")),
            ("AWS::RDS::DBSubnetGroup", names("rds", "describe_db_subnet_groups", "DBSubnetGroups", "DBSubnetGroupName")),
            ("AWS::RDS::DBClusterParameterGroup", names("rds", "describe_db_cluster_parameter_groups", *clusters)),
            ("AWS::SecretsManager::Secret", names("secretsmanager", "list_secrets", "SecretList", "Name")),
            ("AWS::EC2::SecurityGroup", [group["GroupId"] for group in groups]),
            ("AWS::SQS::Queue", self.all("sqs", "list_queues", "QueueUrls")),
            ("AWS::IAM::Role", names("iam", "list_roles", "Roles", "RoleName")),
            ("AWS::ApiGatewayV2::Api", names("apigatewayv2", "get_apis", "Items", "ApiId")),
        ]


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
