"""Ask an API server about the objects of the tests, and compare with the recorded verdicts.

Usage: python scripts/record_verdicts.py --server URL [--write] [--restricted NAMESPACE]

The server needs the CRDs of Gateway API, Istio and External Secrets. Nothing is created: each object
is sent as a dry run. The token is that of the variable KUBE_TOKEN; `kubectl proxy` needs none.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import ssl
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import yaml

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import more_objects
import mutations
from notation_objects import VALUES
from pod_changes import BASE, changed, every_change
from random_objects import generator
from recorded import LONGEST_MESSAGE, RECORD, Posted, Verdict, read_record, write_record
from rule_objects import rule_objects

ROOT = Path(__file__).parent.parent
BASES = {**mutations.BASES, **more_objects.MORE, "restricted": BASE}
SEED, COUNT = 2026, 3000
WORKERS = 4
PODS = ROOT / "tests" / "data" / "pod-verdicts.json"
QUERY = "dryRun=All&fieldValidation=Strict"
ACCEPTED = 300
REFUSALS = (400, 403, 422)

Object = dict[str, Any]


class Server:
    """An API server that says what it thinks of objects."""

    def __init__(self, url: str, ca_file: str | None, *, is_insecure: bool) -> None:
        """Keep the address, and what a connection needs."""
        self.url = urlsplit(url)
        self.context = ssl.create_default_context(cafile=ca_file)
        if is_insecure:
            self.context.check_hostname = False
            self.context.verify_mode = ssl.CERT_NONE
        self.headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token := os.environ.get("KUBE_TOKEN"):
            self.headers["Authorization"] = f"Bearer {token}"
        self.local = threading.local()
        self.plurals: dict[str, dict[str, tuple[str, bool]]] = {}

    def post(self, document: Object, namespace: str = "default") -> tuple[int, str]:
        """Return the code and the message for an object; 404 if the server has no such kind."""
        version, kind = str(document.get("apiVersion")), str(document.get("kind"))
        prefix = f"/apis/{version}" if "/" in version else f"/api/{version}"
        if kind not in (kinds := self.kinds(prefix)):
            return 404, "no such kind"
        metadata = document.get("metadata")
        own = metadata.get("namespace") if isinstance(metadata, dict) else None
        plural, is_in_namespace = kinds[kind]
        where = quote(own if isinstance(own, str) and own else namespace, safe="")
        inner = f"/namespaces/{where}" if is_in_namespace else ""
        body = json.dumps(document).encode()
        code, text = self.request("POST", f"{prefix}{inner}/{plural}?{QUERY}", body)
        return code, "" if code < ACCEPTED else read_message(text)

    def kinds(self, prefix: str) -> dict[str, tuple[str, bool]]:
        """Return the plural of each kind of a version, and whether its objects have a namespace."""
        if prefix not in self.plurals:
            code, text = self.request("GET", prefix)
            found = json.loads(text)["resources"] if code < ACCEPTED else []
            self.plurals[prefix] = {
                each["kind"]: (each["name"], each["namespaced"])
                for each in found
                if "/" not in each["name"]
            }
        return self.plurals[prefix]

    @cached_property
    def version(self) -> str:
        """Return the version of the server."""
        return str(json.loads(self.request("GET", "/version")[1])["gitVersion"])

    def request(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """Return the code and the body of an answer; a connection that was closed is opened again."""
        for _ in range(3):
            try:
                self.connection.request(method, f"{self.url.path}{path}", body, self.headers)
                answer = self.connection.getresponse()
                return answer.status, answer.read()
            except (http.client.HTTPException, OSError):
                self.local.connection = None
        raise SystemExit(f"no answer from {self.url.netloc}")

    @property
    def connection(self) -> http.client.HTTPConnection:
        """Return the connection of this thread."""
        if getattr(self.local, "connection", None) is None:
            if self.url.scheme == "https":
                self.local.connection = http.client.HTTPSConnection(
                    self.url.netloc, context=self.context
                )
            else:
                self.local.connection = http.client.HTTPConnection(self.url.netloc)
        found: http.client.HTTPConnection = self.local.connection
        return found


def read_message(text: bytes) -> str:
    """Return the message of a refusal."""
    try:
        return str(json.loads(text).get("message", ""))
    except ValueError:
        return text.decode(errors="replace")


def main() -> None:
    """Print what differs from the record, and write it if it is asked for; exit 1 if it differs."""
    options = parse_options()
    server = Server(options.server, options.ca_file, is_insecure=options.insecure)
    known = read_record() if RECORD.exists() else []
    objects = list(collect(known)) if options.write else [each.posted for each in known]
    found = ask(server, objects)
    old = {json.dumps(each.posted.document): each for each in known}
    pairs = [(old.get(json.dumps(each.posted.document)), each) for each in found]
    changes = [show(before, now) for before, now in pairs if before and differs(before, now)]
    sys.stdout.write("".join(f"{line}\n" for line in changes))
    sys.stdout.write(f"{len(found)} objects, {len(changes)} with another verdict\n")
    if options.restricted:
        record_pods(server, options.restricted)
    if options.write:
        write_record(found, BASES, server.version)
    sys.exit(bool(changes))


def parse_options() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description="Compare an API server with recorded verdicts.")
    parser.add_argument("--server", required=True, metavar="URL")
    parser.add_argument("--ca-file", help="the certificate of the server's authority")
    parser.add_argument("--insecure", action="store_true", help="accept any certificate")
    parser.add_argument("--write", action="store_true", help="make the objects again, and record")
    parser.add_argument(
        "--restricted",
        metavar="NAMESPACE",
        help="record the pods that a namespace with `enforce: restricted` refuses",
    )
    return parser.parse_args()


def ask(server: Server, objects: list[Posted]) -> list[Verdict]:
    """Return what a server says of objects that it looks at; some have no place in its paths."""
    with ThreadPoolExecutor(WORKERS) as workers:
        answers = list(workers.map(lambda each: server.post(each.document), objects))
    found = (
        Verdict(each, code, message) for each, (code, message) in zip(objects, answers, strict=True)
    )
    return [each for each in found if each.code < ACCEPTED or each.code in REFUSALS]


def differs(before: Verdict, now: Verdict) -> bool:
    """Check whether a server refuses what another accepts."""
    return before.is_refusal != now.is_refusal


def show(before: Verdict, now: Verdict) -> str:
    """Return a line about an object with another verdict."""
    says = [f"{each.code} {each.message[:LONGEST_MESSAGE]}".strip() for each in (before, now)]
    return f"{now.posted.group} {now.posted.name}: recorded {says[0]}; now {says[1]}"


def collect(known: list[Verdict]) -> Iterator[Posted]:
    """Yield the objects to record."""
    yield from (each.posted for each in known if each.posted.group == "manifest")
    yield from read_files()
    for notation, (build, values) in VALUES.items():
        for value in values:
            yield Posted("notation", f"{notation} {value}", build(value))
    for changes in every_change():
        yield Posted("pod", json.dumps(changes), changed(BASE, changes), "restricted")
    for name, document in mutations.mutations():
        yield Posted("field", name, document, name.partition(" ")[0])
    for name, document in rule_objects():
        yield Posted("rule", name, document)
    for name, document in generator().objects(SEED, COUNT):
        base, path, _ = name.split(" ", 2)
        yield Posted("random", f"{base} {path}", document, base)


def read_files() -> Iterator[Posted]:
    """Yield the objects of the cases and examples: manifests that are made, and those of users."""
    seen = set()
    for folder in ("tests/cases", "examples"):
        for path in sorted((ROOT / folder).rglob("*.y*ml")):
            for index, document in enumerate(read_documents(path)):
                if is_object(document) and (text := json.dumps(document, default=str)) not in seen:
                    seen.add(text)
                    name = f"{path.relative_to(ROOT).as_posix()} {index}"
                    yield Posted("file", name, json.loads(text))


def read_documents(path: Path) -> list[Any]:
    """Return the documents of a file, none if it is no YAML."""
    try:
        return list(yaml.load_all(path.read_bytes(), yaml.CSafeLoader))
    except (yaml.YAMLError, ValueError):
        return []


def is_object(document: object) -> bool:
    """Check whether a document is an object that a server could take."""
    return isinstance(document, dict) and {"apiVersion", "kind", "metadata"} <= set(document)


def record_pods(server: Server, namespace: str) -> None:
    """Record the pods that a namespace refuses, as the Pod Security Standard wants it."""
    rows = []
    for changes in every_change():
        code, message = server.post(changed(BASE, changes), namespace)
        if code < ACCEPTED or "violates PodSecurity" in message:
            rows.append([changes, "accept" if code < ACCEPTED else "refuse"])
        else:
            sys.stderr.write(f"left out: {json.dumps(changes)}: {message}\n")
    lines = ",\n".join(map(json.dumps, rows))
    text = f'{{"pod": {json.dumps(BASE)},\n"verdicts": [\n{lines}\n]}}\n'
    PODS.write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
