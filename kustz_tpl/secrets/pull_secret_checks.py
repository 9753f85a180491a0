"""Which image needs which account: names, images and entries that do not meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kustz_tpl.data_files import DataSet
from kustz_tpl.errors import Diagnostic, NotationError
from kustz_tpl.kinds.container import containers
from kustz_tpl.notation.image import Image, parse_image
from kustz_tpl.registry.docker_config import TYPES, parse_docker_config
from kustz_tpl.registry.kubelet_keyring import repository, used_servers
from kustz_tpl.registry.server import canonical_server, shown_server
from kustz_tpl.secrets.logins import Login
from kustz_tpl.yaml_source.tree import Path

Entry = Mapping[str, Any]


def check_coverage(
    config: Entry, logins: Sequence[Login], secrets: Sequence[DataSet]
) -> Iterator[Diagnostic]:
    """Yield a warning for each registry, image and entry without a counterpart in the config."""
    listed = config["service"]["imagePullSecrets"]
    servers = _servers(config, logins, secrets)
    images = dict(_images(config))
    for index, entry in enumerate(config["registries"]):
        if entry and entry["name"] and entry["name"] not in listed:
            message = f"not in imagePullSecrets; write service.imagePullSecrets: [{entry['name']}]"
            yield Diagnostic.about(("registries", index, "name"), message, severity="warning")
    yield from _uncovered(images, [servers.get(name) for name in listed])
    yield from _unused(config, servers, images)


def _servers(
    config: Entry, logins: Sequence[Login], secrets: Sequence[DataSet]
) -> dict[str, list[str]]:
    """Return the registries of every Secret of which they are known."""
    known: dict[str, list[str]] = {}
    for each in secrets:
        kind = TYPES.get(each.type or "")
        if kind and f".{kind}" in each.files:
            accounts = parse_docker_config(each.files[f".{kind}"], kind).accounts
            known[each.name] = [account.server for account in accounts]
    for login in logins:
        if not login.absent:
            known[login.name] = [account.server for account in login.accounts]
    for entry in config["registries"]:
        if entry and entry["auths"]:
            known[entry["name"]] = [canonical_server(server) for server in entry["auths"]]
    return known


def _images(config: Entry) -> Iterator[tuple[Path, Image]]:
    """Yield every valid image of the application, with its path."""
    found: list[tuple[Path, Any]] = [
        ((*each.path, "image"), each.entry["image"]) for each in containers(config)
    ]
    for kind in ("initContainers", "containers"):
        written = config["pod"].get(kind)
        for index, each in enumerate(written if isinstance(written, list) else ()):
            if isinstance(each, dict):
                found.append((("pod", kind, index, "image"), each.get("image")))
    for path, text in found:
        try:
            if isinstance(text, str):
                yield path, parse_image(text)
        except NotationError:
            continue


def _uncovered(
    images: Mapping[Path, Image], listed: Sequence[Sequence[str] | None]
) -> Iterator[Diagnostic]:
    """Yield the images that no listed Secret covers; nothing if the content of one is unknown."""
    if None in listed:
        return
    servers = [server for group in listed for server in group or ()]
    for path, image in images.items():
        if not used_servers(servers, image):
            key = repository(image)
            host = f"{key.host}{':' if key.port else ''}{key.port}"
            message = f"no entry in imagePullSecrets matches {host}"
            yield Diagnostic.about(path, message, severity="warning")


def _unused(
    config: Entry, servers: Mapping[str, Sequence[str]], images: Mapping[Path, Image]
) -> Iterator[Diagnostic]:
    for index, entry in enumerate(config["registries"]):
        for server in servers.get(entry["name"], ()) if entry else ():
            if any(used_servers([server], image) for image in images.values()):
                continue
            named = [each for each in entry["auths"] if canonical_server(each) == server]
            at: Path = ("registries", index, *(("auths", named[0]) if named else ("file",)))
            is_own = at[-1] != "file"
            what = "this entry" if is_own else f"the entry {shown_server(server)}"
            message = f"no image of this application uses {what}"
            yield Diagnostic.about(at, message, is_about_key=is_own, severity="warning")
