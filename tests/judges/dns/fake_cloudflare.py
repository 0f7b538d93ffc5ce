"""A small Cloudflare: the part of its API that DNS records go through, kept in memory, on loopback, for tests.

    fake_cloudflare.py --zone shop.example [--zone …] [--plan free] [--port 0] [--max-seconds 300]

Its first line on stdout is where it listens, `http://127.0.0.1:PORT/client/v4`; the token is `test-token`. It ends by itself.

Known from Cloudflare's documents or from answers that people published: the fields and pages of lists; the batch (one transaction,
deletes, patches, puts, posts in this order, the first error and nothing is applied, 200 operations on Free and 3,500 on other plans);
PATCH leaves what it does not name and PUT resets it; names become lower case and belong to the zone; a proxied record has ttl 1; the
form of an export; 81044, 81045, 81053, 81054, 81057, 81058, 1004 around 9003, 9021 and 9300; comments have 100 characters on Free and 500
on other plans. Of a name that has a CNAME, A and AAAA are refused, other types are not.

Guessed, so that no test may rest on their numbers: 9000 (name), 9007 (content), 9039 (a CNAME that leads to itself), 9210 (comment too
long), 9240 (too many operations), 9250 (the record is read only), 7003 (no such zone); which of 81053 and 81054 comes for A after CNAME;
and that a conflict inside a batch has the code that it has outside.

Of its own, without a token:
    GET  /__state               zones, settings and all records
    GET  /__journal             what was asked: method, path, body, status, codes
    POST /__reset               {"records": [...]}: forgets everything; records come in as they are, `zone_name` says which zone they are in
    POST /__fault               {"status": 429, "times": 2, "method": "POST", "path": "dns_records"}: the next such requests fail
"""

import argparse
import copy
import hashlib
import http.server
import json
import re
import signal
import sys
import threading
import urllib.parse

TOKEN = "test-token"
RECORDS = {"free": 200}  # Free zones made since 2024-09-01
OPERATIONS = {"free": 200}
COMMENT = {"free": 100}
MORE = {"records": 3500, "operations": 3500, "comment": 500}
ADDRESSES = {"A", "AAAA", "CNAME"}
NAMES = {"CNAME", "MX", "NS", "PTR"}
TYPES = ADDRESSES | NAMES | {"TXT", "CAA", "SRV"}
HOST = re.compile(r"(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
SETTINGS = {"ssl": "strict", "always_use_https": "on", "cname_flattening": "flatten_at_root", "min_tls_version": "1.2"}


class Refused(Exception):
    def __init__(self, code: int, message: str, status: int = 400, chained: bool = False):
        super().__init__(message)
        error = {"code": code, "message": message}
        self.errors = [{"code": 1004, "message": "DNS Validation Error", "error_chain": [error]}] if chained else [error]
        self.status = status


class Zone:
    def __init__(self, name: str, plan: str):
        self.name, self.plan = name, plan
        self.id = hashlib.sha256(f"zone {name}".encode()).hexdigest()[:32]
        self.settings, self.dnssec = dict(SETTINGS), "disabled"
        self.records: dict[str, dict] = {}
        self.made = self.changed = 0

    def told(self) -> dict:
        return {
            "id": self.id,
            "name": self.name,
            "status": "active",
            "paused": False,
            "type": "full",
            "name_servers": ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"],
            "account": {"id": "0" * 32, "name": "test"},
            "plan": {"id": "0" * 32, "legacy_id": self.plan, "name": f"{self.plan.title()} Website"},
        }

    def now(self) -> str:
        """A clock that only changes move, so that a run is like the other."""
        self.changed += 1
        return f"2026-01-01T{self.changed // 3600:02}:{self.changed // 60 % 60:02}:{self.changed % 60:02}.000000Z"

    def copied(self) -> "Zone":
        return copy.deepcopy(self)

    # What may stand in the zone.

    def create(self, body: dict) -> dict:
        if len(self.records) >= RECORDS.get(self.plan, MORE["records"]):
            raise Refused(81045, "Record quota exceeded. Try upgrading your plan.")
        record = self.checked({"ttl": 1, "proxied": False, "comment": None, "tags": [], "settings": {}, **body}, None)
        self.made += 1
        record["id"] = hashlib.sha256(f"{self.name} {self.made}".encode()).hexdigest()[:32]
        record["created_on"] = record["modified_on"] = self.now()
        self.records[record["id"]] = record
        return record

    def patch(self, id: str, body: dict) -> dict:
        return self.changes(id, {**self.known(id), **body})

    def put(self, id: str, body: dict) -> dict:
        self.known(id)
        return self.changes(id, {"ttl": 1, "proxied": False, "comment": None, "tags": [], "settings": {}, **body})

    def changes(self, id: str, body: dict) -> dict:
        was = self.known(id)
        if was["meta"].get("read_only"):
            raise Refused(9250, "This record is read only.")
        record = self.checked(body, id)
        record |= {"id": id, "created_on": was["created_on"], "modified_on": self.now()}
        self.records[id] = record
        return record

    def delete(self, id: str) -> dict:
        if self.known(id)["meta"].get("read_only"):
            raise Refused(9250, "This record is read only.")
        return self.records.pop(id)

    def known(self, id) -> dict:
        if id not in self.records:
            raise Refused(81044, "Record does not exist.", 404)
        return self.records[id]

    def checked(self, body: dict, id: str | None) -> dict:
        """The record as it would stand in the zone, or why it cannot."""
        for field in ("name", "type"):
            if not isinstance(body.get(field), str):
                raise Refused(9000 if field == "name" else 9004, f"DNS record {field} is required.", chained=True)
        name, kind = self.whole(body["name"]), body["type"].upper()
        if kind not in TYPES:
            raise Refused(9004, f"DNS record type {kind} is invalid.", chained=True)
        if len(name) > 253 or not HOST.fullmatch(name):
            raise Refused(9000, "DNS name is invalid.", chained=True)
        content = self.content(kind, body)
        if kind == "CNAME" and content == name:
            raise Refused(9039, "CNAME content cannot reference itself.", chained=True)
        proxied, ttl = body["proxied"] is True, body["ttl"]
        if proxied and kind not in ADDRESSES:
            raise Refused(9004, "This record type cannot be proxied.", chained=True)
        if proxied and content.endswith(".acm-validations.aws"):
            raise Refused(9003, f'Target "{content}" is not allowed for a proxied record.', chained=True)
        if not isinstance(ttl, int) or isinstance(ttl, bool) or not (ttl == 1 or 60 <= ttl <= 86400):
            raise Refused(9021, "Invalid TTL. Must be between 60 and 86,400 seconds, or 1 for Automatic.", chained=True)
        comment, tags = body["comment"] or None, body["tags"] or []
        longest = COMMENT.get(self.plan, MORE["comment"])
        if comment is not None and (len(comment) > longest or "\n" in comment):
            raise Refused(9210, f"Comment exceeds the limit of {longest} characters.", chained=True)
        if tags and self.plan == "free":
            raise Refused(9300, f"DNS record has {len(tags)} tags, exceeding the quota of 0.", chained=True)
        self.beside(name, kind, content, id)
        record = {
            "name": name,
            "type": kind,
            "content": content,
            "proxiable": kind in ADDRESSES and not content.endswith(".acm-validations.aws"),
            "proxied": proxied,
            "ttl": 1 if proxied else ttl,
            "settings": body["settings"] or {},
            "meta": {},
            "comment": comment,
            "tags": sorted(tags),
        }
        record |= {field: body[field] for field in ("priority", "data") if field in body}
        return record

    def whole(self, name: str) -> str:
        """A name that is not in the zone is meant below it, as the API takes it."""
        name = name.lower().rstrip(".")
        if name in ("", "@"):
            return self.name
        return name if name == self.name or name.endswith("." + self.name) else f"{name}.{self.name}"

    @staticmethod
    def content(kind: str, body: dict) -> str:
        content, data = body.get("content"), body.get("data")
        if kind == "CAA" and isinstance(data, dict):
            content = f'{data.get("flags")} {data.get("tag")} "{data.get("value")}"'
        if kind == "SRV" and isinstance(data, dict):
            content = f'{data.get("weight")} {data.get("port")} {data.get("target")}'
        if not isinstance(content, str) or not content:
            raise Refused(9007, f"Content for {kind} record is invalid.", chained=True)
        if kind == "CAA" and not isinstance(data, dict):
            flags, tag, value = (content.split(None, 2) + ["", ""])[:3]
            body["data"] = {"flags": int(flags) if flags.isdigit() else 0, "tag": tag, "value": value.strip('"')}
        if kind in NAMES:
            content = content.lower().rstrip(".")
            if not HOST.fullmatch(content):
                raise Refused(9007, f"Content for {kind} record is invalid.", chained=True)
        if kind == "A" and not re.fullmatch(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}", content):
            raise Refused(9005, "Content for A record must be a valid IPv4 address.", chained=True)
        return content

    def beside(self, name: str, kind: str, content: str, id: str | None) -> None:
        others = [other for other in self.records.values() if other["name"] == name and other["id"] != id]
        if any((other["type"], other["content"]) == (kind, content) for other in others):
            raise Refused(81058, "An identical record already exists.")
        types = {other["type"] for other in others}
        if kind == "CNAME" and types & ADDRESSES:
            raise Refused(81053, "An A, AAAA, or CNAME record with that host already exists.")
        if kind in ("A", "AAAA") and "CNAME" in types:
            raise Refused(81054, "A CNAME record with that host already exists.")

    # What is asked of it as a whole.

    def batch(self, body: dict) -> dict:
        """Applied to a copy by the caller, so that an error leaves nothing behind."""
        lists = {name: body.get(name) or [] for name in ("deletes", "patches", "puts", "posts")}
        most = OPERATIONS.get(self.plan, MORE["operations"])
        count = sum(map(len, lists.values()))
        if count > most:
            raise Refused(9240, f"A batch has at most {most} operations.")
        if not count:
            raise Refused(9240, "A batch has at least one operation.")
        return {
            "deletes": [self.delete(one.get("id")) for one in lists["deletes"]],
            "patches": [self.patch(one.get("id"), one) for one in lists["patches"]],
            "puts": [self.put(one.get("id"), one) for one in lists["puts"]],
            "posts": [self.create(one) for one in lists["posts"]],
        }

    def export(self) -> str:
        lines = [
            ";;",
            f";; Domain:     {self.name}.",
            ";; Exported:   2026-01-01 00:00:00",
            ";;",
            ";; This file is intended for use for informational and archival",
            ";; purposes ONLY and MUST be edited before use on a production",
            ";; DNS server.  In particular, you must:",
            ";;   -- update the SOA record with the correct authoritative name server",
            ";;   -- update the SOA record with the contact e-mail address information",
            ";;   -- update the NS record(s) with the authoritative name servers for this domain.",
            ";;",
            ";; SOA Record",
            f"{self.name}\t3600\tIN\tSOA\tada.ns.cloudflare.com. dns.cloudflare.com. 2050000000 10000 2400 604800 3600",
            "",
            ";; NS Records",
            *(f"{self.name}.\t86400\tIN\tNS\t{server}." for server in self.told()["name_servers"]),
        ]
        records = sorted(self.records.values(), key=lambda record: (record["type"], record["name"], record["content"]))
        for kind in sorted({record["type"] for record in records}):
            lines += ["", f";; {kind} Records"]
            for record in records:
                if record["type"] == kind:
                    lines.append(exported(record))
        return "\n".join(lines) + "\n"

    def take(self, text: str) -> int:
        """What an import adds: a line a record, comments and tags behind it."""
        added = 0
        for line in text.splitlines():
            data, _, comment = unquoted_partition(line)
            fields = data.split(None, 4)
            if len(fields) < 5 or fields[3] in ("SOA", "NS"):
                continue
            name, ttl, _, kind, content = fields
            tags = re.search(r"(?:^|\s)cf_tags=(\S+)", comment)
            noted = (comment[: tags.start()] if tags else comment).strip()
            body = {"name": name, "ttl": int(ttl), "type": kind, "content": content.strip(), "comment": noted}
            if kind == "MX":
                priority, body["content"] = body["content"].split()
                body["priority"] = int(priority)
            body["proxied"] = bool(tags) and "cf-proxied:true" in tags[1].split(",")
            self.create(body)
            added += 1
        return added


def unquoted_partition(line: str) -> tuple[str, str, str]:
    quoted = False
    for at, letter in enumerate(line):
        if letter == '"' and line[at - 1 : at] != "\\":
            quoted = not quoted
        if letter == ";" and not quoted:
            return line[:at], ";", line[at + 1 :]
    return line, "", ""


def exported(record: dict) -> str:
    content = record["content"] + ("." if record["type"] in NAMES else "")
    if record["type"] == "TXT" and not content.startswith('"'):
        content = '"' + content.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if record["type"] in ("MX", "SRV"):
        content = f"{record.get('priority', 0)} {content}"
    tags = [*record["tags"]]
    if record["proxiable"]:
        tags.append(f"cf-proxied:{str(record['proxied']).lower()}")
    noted = " ".join([record["comment"] or "", "cf_tags=" + ",".join(tags) if tags else ""]).strip()
    return f"{record['name']}.\t{record['ttl']}\tIN\t{record['type']}\t{content}" + (f" ; {noted}" if noted else "")


class Cloudflare:
    def __init__(self, zones: list[str], plan: str):
        self.names, self.plan, self.lock = zones, plan, threading.Lock()
        self.journal: list[dict] = []
        self.faults: list[dict] = []
        self.zones: dict[str, Zone] = {}
        self.reset({})

    def reset(self, body: dict) -> None:
        self.zones = {zone.id: zone for zone in (Zone(name, self.plan) for name in self.names)}
        self.journal.clear()
        self.faults.clear()
        for record in body.get("records", []):
            zone = next(zone for zone in self.zones.values() if zone.name == record.get("zone_name", self.names[0]))
            made = zone.create({key: value for key, value in record.items() if key not in ("zone_name", "meta")})
            made["meta"] = record.get("meta", {})

    def fault(self, method: str, path: str) -> int | None:
        for fault in self.faults:
            if fault["times"] > 0 and fault.get("method", method) == method and fault.get("path", "") in path:
                fault["times"] -= 1
                return int(fault["status"])
        return None

    def own(self, method: str, path: str, body) -> object:
        match method, path:
            case "GET", "/__state":
                return {
                    zone.name: {
                        "id": zone.id,
                        "plan": zone.plan,
                        "dnssec": zone.dnssec,
                        "settings": zone.settings,
                        "records": list(zone.records.values()),
                    }
                    for zone in self.zones.values()
                }
            case "GET", "/__journal":
                return self.journal
            case "POST", "/__reset":
                self.reset(body or {})
                return {}
            case "POST", "/__fault":
                self.faults.append({"times": 1, **body})
                return {}
        raise Refused(7000, f"No route for {method} {path}.", 404)

    def ask(self, method: str, path: str, query: dict, body) -> tuple[object, dict | None]:
        """The result, and what a list says of its pages."""
        parts = path.strip("/").split("/")
        if parts[0] != "zones":
            raise Refused(7000, f"No route for {method} {path}.", 404)
        if len(parts) == 1 and method == "GET":
            zones = [zone.told() for zone in self.zones.values() if query.get("name", zone.name) == zone.name]
            return page(zones, query, 20)
        zone = self.zones.get(parts[1] if len(parts) > 1 else "")
        if zone is None:
            raise Refused(7003, f"Could not route to {path}, perhaps your object identifier is invalid?", 404)
        match method, parts[2:]:
            case "GET", []:
                return zone.told(), None
            case "GET", ["settings"]:
                return [self.setting(zone, name) for name in zone.settings], None
            case "GET", ["settings", name] if name in zone.settings:
                return self.setting(zone, name), None
            case "PATCH", ["settings", name] if name in zone.settings:
                zone.settings[name] = body["value"]
                return self.setting(zone, name), None
            case "GET", ["dnssec"]:
                return {"status": zone.dnssec}, None
            case "PATCH", ["dnssec"]:
                zone.dnssec = body["status"]
                return {"status": zone.dnssec}, None
            case "GET", ["dns_records"]:
                wanted = [(key, query[key]) for key in ("name", "type", "content") if key in query]
                records = [record for record in zone.records.values() if all(record[key] == value for key, value in wanted)]
                return page(records, query, 100)
            case "GET", ["dns_records", "export"]:
                return Text(zone.export()), None
            case "GET", ["dns_records", id]:
                return zone.known(id), None
        # What changes the zone is done to a copy, which takes its place when all of it was right.
        changed = zone.copied()
        match method, parts[2:]:
            case "POST", ["dns_records"]:
                result = changed.create(body)
            case "POST", ["dns_records", "batch"]:
                result = changed.batch(body)
            case "POST", ["dns_records", "import"]:
                count = changed.take(body)
                result = {"recs_added": count, "total_records_parsed": count}
            case "PATCH", ["dns_records", id]:
                result = changed.patch(id, body)
            case "PUT", ["dns_records", id]:
                result = changed.put(id, body)
            case "DELETE", ["dns_records", id]:
                result = {"id": changed.delete(id)["id"]}
            case _:
                raise Refused(7000, f"No route for {method} {path}.", 404)
        self.zones[zone.id] = changed
        return result, None

    @staticmethod
    def setting(zone: Zone, name: str) -> dict:
        return {"id": name, "value": zone.settings[name], "editable": True, "modified_on": None}


class Text(str):
    """An answer that is no JSON."""


def page(items: list, query: dict, usual: int) -> tuple[list, dict]:
    number, size = max(1, int(query.get("page", 1))), max(1, int(query.get("per_page", usual)))
    shown = items[(number - 1) * size : number * size]
    pages = -(-len(items) // size)
    return shown, {"page": number, "per_page": size, "count": len(shown), "total_count": len(items), "total_pages": pages}


def handler(cloudflare: Cloudflare):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_) -> None:
            pass

        def answer(self) -> None:
            url = urllib.parse.urlsplit(self.path)
            query = dict(urllib.parse.parse_qsl(url.query))
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with cloudflare.lock:
                status, text, kind = self.answered(url.path, query, raw)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def answered(self, path: str, query: dict, raw: bytes) -> tuple[int, bytes, str]:
            entry = None
            try:
                body = self.read(raw)
                if path.startswith("/__"):
                    return 200, json.dumps(cloudflare.own(self.command, path, body)).encode(), "application/json"
                entry = {"method": self.command, "path": path, "body": body, "status": 200, "codes": []}
                cloudflare.journal.append(entry)
                if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                    raise Refused(10000, "Authentication error", 403)
                if fault := cloudflare.fault(self.command, path):
                    raise Refused(10013 if fault == 429 else 10001, f"fault {fault}, as it was asked for", fault)
                if not path.startswith("/client/v4/"):
                    raise Refused(7000, f"No route for {self.command} {path}.", 404)
                result, info = cloudflare.ask(self.command, path.removeprefix("/client/v4/"), query, body)
                if isinstance(result, Text):
                    return 200, result.encode(), "text/plain"
                told = {"result": result, "success": True, "errors": [], "messages": []}
                if info is not None:
                    told["result_info"] = info
                return 200, json.dumps(told).encode(), "application/json"
            except Refused as refused:
                status, errors = refused.status, refused.errors
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                status, errors = 400, [{"code": 6003, "message": f"Invalid request: {error}"}]
            if entry is not None:
                entry["status"] = status
                entry["codes"] = [chained["code"] for error in errors for chained in error.get("error_chain", [error])]
            told = {"result": None, "success": False, "errors": errors, "messages": []}
            return status, json.dumps(told).encode(), "application/json"

        def read(self, raw: bytes):
            if not raw:
                return None
            kind = self.headers.get("Content-Type") or ""
            if kind.startswith("multipart/form-data"):
                # One file: what stands between the head of its part and the boundary after it.
                boundary = re.search(r"boundary=(\S+)", kind)[1].encode()
                return raw.split(b"--" + boundary)[1].partition(b"\r\n\r\n")[2].decode()
            return json.loads(raw)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer

    return Handler


def main() -> None:
    parser = argparse.ArgumentParser(description="A small Cloudflare on loopback, for tests.")
    parser.add_argument("--zone", action="append", required=True)
    parser.add_argument("--plan", default="free", choices=["free", "pro", "business", "enterprise"])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--max-seconds", type=float, default=300)
    given = parser.parse_args()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", given.port), handler(Cloudflare(given.zone, given.plan)))
    server.daemon_threads = True
    timer = threading.Timer(given.max_seconds, server.shutdown)
    timer.daemon = True
    timer.start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"http://127.0.0.1:{server.server_address[1]}/client/v4", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
