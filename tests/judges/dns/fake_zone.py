"""A zone of the small Cloudflare: what may stand in it, and what becomes of it. `fake_cloudflare.py` says what is known and what is guessed."""

import copy
import hashlib
import re

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
