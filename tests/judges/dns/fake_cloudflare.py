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
import http.server
import json
import re
import signal
import sys
import threading
import urllib.parse

from fake_zone import Refused, Zone

TOKEN = "test-token"


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
