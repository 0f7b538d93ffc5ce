"""Small stand-ins for a product's applications, at the paths where its manifest expects them: what is deployed here is not what they do."""

import json
from pathlib import Path

API = """export const handler = async (event) => ({
  statusCode: 200,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({
    path: event.rawPath,
    database: process.env.DATABASE_URL.split(":")[0],
    secret: process.env.SECRET_KEY_NAME,
    version: 1,
  }),
});
"""
SERVER = 'export const handler = async (event) => ({ statusCode: 200, headers: {}, body: "{name} of {build}" });\n'
DOCKERFILE = "FROM public.ecr.aws/lambda/python:3.11\nCOPY main.py ${LAMBDA_TASK_ROOT}\nCMD [\"main.handler\"]\n"
MAIN = 'def handler(event, context):\n    return "done"\n'

# What `public/` of a site holds, besides what Next.js makes. Names that have a meaning somewhere must arrive as they are.
PUBLIC = {
    "favicon.ico": "icon",
    "robots.txt": "User-agent: *\n",
    "images/car.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>\n",
    "images/été + 100%.svg": "<svg/>\n",
}


def lay(project: Path, components: dict, api: str = API) -> None:
    """Stand-ins of the first version for all components of a manifest."""
    for name, settings in components.items():
        if settings["type"] == "nextjs":
            lay_site(project / settings["path"], settings, f"{name.lower()}-1")
        elif "zip" in settings:
            handler, _, _ = settings["zip"]["handler"].rpartition(".")
            put(project / settings["zip"]["path"] / f"{handler}.mjs", api)
        elif "image" in settings:
            folder = project / settings["image"]["path"]
            put(folder / settings["image"]["dockerfile"], DOCKERFILE)
            put(folder / "main.py", MAIN)


def lay_site(app: Path, settings: dict, build: str) -> None:
    """A build of OpenNext as its version 4 leaves it behind, with a file or two of each kind."""
    into = app / ".open-next"
    put(into / "open-next.output.json", json.dumps(output(settings), indent=2) + "\n")
    for name, text in PUBLIC.items() if settings["static"] else ():
        put(into / "assets" / name, text)
    put(into / "assets/BUILD_ID", build)
    put(into / "assets/_next/static/chunks/app/cars/[slug]/page-0a1b2c3d4e5f6071.js", "self.page=1\n")
    put(into / "assets/_next/static/chunks/main-d1fcc8692b7bccde.js", "self.main=1\n")
    put(into / "assets/_next/static/css/9f86d081884c7d65.css", "body{margin:0}\n")
    put(into / f"assets/_next/static/{build}/_buildManifest.js", "self.__BUILD_MANIFEST={}\n")
    put(into / f"cache/{build}/index.cache", json.dumps({"type": "app", "html": f"<p>{build}</p>", "rsc": "", "meta": {"status": 200}}))
    put(into / f"cache/{build}/cars/[slug].cache", json.dumps({"type": "app", "html": "", "rsc": "", "meta": {"status": 200}}))
    functions = {
        "server-functions/default": "server",
        "image-optimization-function": "image",
        "revalidation-function": "revalidation",
        "warmer-function": "warmer",
        "dynamodb-provider": "tags",
    }
    for folder, name in functions.items():
        put(into / folder / "index.mjs", SERVER.replace("{name}", name).replace("{build}", build))
        put(into / folder / "open-next.config.mjs", "export default {};\n")
    put(into / "server-functions/default/node_modules/next/package.json", '{"name": "next", "version": "15.5.29"}\n')
    put(into / "revalidation-function/prerender-manifest.json", '{"version": 4, "routes": {}}\n')
    rows = [{"tag": {"S": f"{build}/{tag}"}, "path": {"S": f"{build}/index"}, "revalidatedAt": {"N": "1"}} for tag in tags()]
    put(into / "dynamodb-provider/dynamodb-cache.json", json.dumps(rows))


def tags() -> list[str]:
    """More than one batch of them."""
    return [f"_N_T_/cars/{number}" for number in range(30)]


def output(settings: dict) -> dict:
    files = lambda start, to, **more: {"from": f".open-next/{start}", "to": to, **more}
    function = lambda bundle, **more: {"type": "function", "handler": "index.handler", "bundle": f".open-next/{bundle}", **more}
    caches = {"queue": "sqs", "incrementalCache": "s3", "tagCache": "dynamodb"}
    to = lambda pattern, origin: {"pattern": pattern, "origin": origin}
    bundle = lambda folder: {"handler": "index.handler", "bundle": f".open-next/{folder}"}
    return {
        "edgeFunctions": {},
        "origins": {
            "s3": {
                "type": "s3",
                "originPath": "_assets",
                "copy": [files("assets", "_assets", cached=True, versionedSubDir="_next"), files("cache", "_cache", cached=False)],
            },
            "imageOptimizer": function(
                "image-optimization-function", streaming=False, imageLoader="s3", wrapper="aws-lambda", converter="aws-apigw-v2"
            ),
            "default": function(
                "server-functions/default", streaming=settings["server"]["streaming"], wrapper="aws-lambda", converter="aws-apigw-v2", **caches
            ),
        },
        "behaviors": [
            to("_next/image*", "imageOptimizer"),
            to("_next/data/*", "default"),
            to("*", "default"),
            *(to(pattern, "s3") for pattern in ("BUILD_ID", "_next/*", *settings["static"])),
        ],
        "additionalProps": {
            "warmer": bundle("warmer-function"),
            "initializationFunction": bundle("dynamodb-provider"),
            "revalidationFunction": bundle("revalidation-function"),
        },
    }


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
