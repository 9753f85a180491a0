"""Record what kubectl prints about kubectl/objects.yml and kubectl/cases: `python record_kubectl.py`.

It needs the administrator of a cluster to throw away, with RBAC and the CRDs of Gateway API, whose
API server reaches this machine's loopback; it creates kubectl/state.yml and webhooks there.
"""

from __future__ import annotations

import base64
import json
import os
import shlex
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent / "kubectl"
_QUOTA = {"status": {"hard": {"services": "1"}, "used": {"services": "1"}}}
_DENIED = "the value 'hunter2hunter2' is\nnot welcome \x1b[31mhere"


def main() -> None:
    """Write the answers next to the objects, and next to each case."""
    objects = yaml.safe_load((_HERE / "objects.yml").read_text())
    with tempfile.TemporaryDirectory() as folder:
        authority, port = _serve(Path(folder))
        kubectl("apply", "-f", str(_HERE / "state.yml"))
        given = json.dumps(_webhooks(authority, port))
        kubectl("apply", "-f", "-", given=given)
        words = ("quota", "small", "-n", "policed", "--subresource=status", "--type=merge")
        kubectl("patch", *words, "-p", json.dumps(_QUOTA))
        for name in ("policy", "webhook", "broken-webhook"):
            while not _applied(name, objects[name])["code"]:  # until the server knows of it
                pass
        answers = {name: _applied(name, each) for name, each in objects.items()}
        failures = {name: _failed(Path(folder), change) for name, change in _FAILURES.items()}
        for case in sorted((_HERE / "cases").iterdir()):
            _record(case, Path(folder))
        lost = _failed(Path(folder), _FAILURES["closed port"], "apply", "--dry-run=server")
    context = kubectl("get", "--raw", "/version", "--context=nowhere")
    version = json.loads(kubectl("version", "-o", "json")["stdout"])
    found = {
        "kubectl": version["clientVersion"]["gitVersion"],
        "server": version["serverVersion"]["gitVersion"],
        "answers": answers,
        "failures": failures | {"unknown context": context, "lost": lost},
    }
    (_HERE / "answers.json").write_text(json.dumps(found, indent=1) + "\n")


def fake_kubectl(case: Path, folder: Path, *, records: bool = False) -> str:
    """Write a program kubectl that replays or records a case, and return the PATH to use it."""
    program = folder / case.name / "kubectl"
    program.parent.mkdir(parents=True, exist_ok=True)
    # kustomize is run without any other environment.
    words = [
        sys.executable,
        _HERE / "fake_kubectl.py",
        shutil.which("kubectl"),
        case / "calls.json",
    ]
    words += ["record" if records else "replay"]
    program.write_text(f'#!/bin/sh\nexec {shlex.join(map(str, words))} "$@"\n')
    program.chmod(0o755)
    return f"{program.parent}{os.pathsep}{os.environ['PATH']}"


def _record(case: Path, folder: Path) -> None:
    """Run the command of a case, and keep what kubectl said."""
    (case / "calls.json").unlink(missing_ok=True)
    command = [sys.executable, "-m", "kustz_tpl", "check", "--server"]
    environment = os.environ | {"PATH": fake_kubectl(case, folder, records=True)}
    subprocess.run(command, cwd=case, env=environment, capture_output=True, check=False)


def kubectl(*words: str, given: str = "", **environment: str) -> dict[str, Any]:
    """Return how kubectl ended, and what it printed."""
    done = subprocess.run(
        ["kubectl", *words],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )
    return {"stdout": done.stdout, "stderr": done.stderr, "code": done.returncode}


def _applied(name: str, document: dict[str, Any]) -> dict[str, Any]:
    user = ("--as=reader",) if name.startswith("reader") else ()
    return kubectl("apply", "--dry-run=server", "-f", "-", *user, given=json.dumps(document))


def _set(part: str, **fields: object) -> Callable[[dict[str, Any]], None]:
    def change(config: dict[str, Any]) -> None:
        config[f"{part}s"][0][part] = fields

    return change


_FAILURES = {
    "closed port": _set("cluster", server="https://127.0.0.1:1"),
    "unknown host": _set("cluster", server="https://cluster.invalid"),
    "expired login": _set("user", token="expired"),
    "no user": _set("user"),
    "unknown authority": lambda config: config["clusters"][0]["cluster"].pop(
        "insecure-skip-tls-verify"
    ),
    "no configuration": lambda config: config.clear(),
}


def _failed(folder: Path, change: Callable[[dict[str, Any]], None], *words: str) -> dict[str, Any]:
    """Return what kubectl says with another configuration."""
    config = json.loads(kubectl("config", "view", "--raw", "--minify", "-o", "json")["stdout"])
    change(config)
    file = folder / "config.json"
    file.write_text(json.dumps(config))
    given = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}}'
    asked = (*words, "-f", "-") if words else ("get", "--raw", "/version")
    return kubectl(*asked, given=given if words else "", KUBECONFIG=str(file))


def _serve(folder: Path) -> tuple[str, int]:
    """Start a webhook that refuses everything; return its authority and port."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    name = ("-subj", "/CN=webhook", "-addext", "subjectAltName=IP:127.0.0.1")
    files = ("-keyout", str(key), "-out", str(certificate))
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *name, *files]
    subprocess.run(command, check=True, capture_output=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Webhook)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return base64.b64encode(certificate.read_bytes()).decode(), server.server_port


class _Webhook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        """Refuse an object."""
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = {"uid": review["request"]["uid"], "allowed": False}
        answer["status"] = {"message": _DENIED, "code": 403}
        page = json.dumps({**review, "request": None, "response": answer}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


def _webhooks(authority: str, port: int) -> dict[str, Any]:
    """Return two webhooks, each for its namespace: one that refuses, one that is down."""
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "hooks"},
        "webhooks": [
            _webhook("hooked", {"url": f"https://127.0.0.1:{port}/", "caBundle": authority}),
            _webhook("unhooked", {"url": "https://127.0.0.1:1/", "caBundle": authority}),
        ],
    }


def _webhook(namespace: str, client: dict[str, str]) -> dict[str, Any]:
    return {
        "name": f"{namespace}.example.com",
        "clientConfig": client,
        "rules": [
            {
                "apiGroups": [""],
                "apiVersions": ["v1"],
                "operations": ["CREATE", "UPDATE"],
                "resources": ["configmaps", "secrets"],
            }
        ],
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
    }


if __name__ == "__main__":
    main()
