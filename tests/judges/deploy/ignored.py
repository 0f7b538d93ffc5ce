"""What the emulator takes and does nothing with, of what Reggie's templates and scripts ask for. Each is looked at, so that none stays in the list once the
emulator does it; what cannot be looked at in a moment is in `NOT_DONE`."""

import json
import string

from account import Account

PREFIX = "reggie-production"


def _function(account: Account) -> dict:
    return account.client("lambda", account.home).get_function_configuration(FunctionName=account.output("ReggieApiHandlerName"))


def _api(account: Account) -> dict:
    return account.client("apigatewayv2", account.home).get_api(ApiId=account.output("ReggieApiId"))


def _stage(account: Account) -> dict:
    (stage,) = account.client("apigatewayv2", account.home).get_stages(ApiId=account.output("ReggieApiId"))["Items"]
    return stage


def _cluster(account: Account) -> dict:
    (cluster,) = account.client("rds", account.home).describe_db_clusters()["DBClusters"]
    return cluster


def _password(account: Account) -> str:
    value = account.client("secretsmanager", account.home).get_secret_value(SecretId=account.output("ReggieDbSecretArn"))
    return json.loads(value["SecretString"])["password"]


def _role(account: Account) -> str | None:
    (stack,) = account.client("cloudformation", account.home).describe_stacks(StackName=f"{PREFIX}-app")["Stacks"]
    return stack.get("RoleARN")


IGNORED = {
    "`VpcConfig` of functions": lambda account: not _function(account).get("VpcConfig"),
    "`CorsConfiguration` of APIs": lambda account: not _api(account).get("CorsConfiguration"),
    "`DefaultRouteSettings` of the stages of APIs": lambda account: not _stage(account).get("DefaultRouteSettings"),
    "`DBClusterParameterGroupName` of database clusters": lambda account: not _cluster(account).get("DBClusterParameterGroup"),
    "`ExcludePunctuation` of generated passwords": lambda account: bool(set(string.punctuation) & set(_password(account))),
    "the role that CloudFormation deploys with": lambda account: not _role(account),
}
NOT_DONE = [
    "the rights of whoever calls AWS, and stack policies, are kept, and nothing is refused by them",
    "CloudFront asks buckets by plain HTTP, which their policies refuse, so that no file is served; no edge function runs",
    "a distribution is asked at AWS's name for it alone, not at its aliases; alarms of several figures are not given to the emulator, which refuses them",
    "certificates are issued, distributions deployed and databases up at once; there is no database in them",
    "images do not run: their functions get code that tells the image, which is how the migrator is seen to be called",
    "an API answers at AWS's name for it even where `DisableExecuteApiEndpoint` says that it should not",
    "names that are taken, quotas, and changes that AWS refuses are not refused",
]
