"""Which image needs which account: names, images and entries that do not meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kustz_tpl.data_files import DataSet
from kustz_tpl.errors import Diagnostic, KeyPath, NotationError
from kustz_tpl.kinds.container import containers
from kustz_tpl.notation.image import Image, parse_image
from kustz_tpl.registry.docker_config import TYPES, parse_docker_config
from kustz_tpl.registry.kubelet_keyring import repository, used_servers
from kustz_tpl.registry.server import canonical_server, shown_server
from kustz_tpl.secrets.logins import Login

Entry = Mapping[str, Any]


def check_registries(
    configs: Sequence[Entry], servers: Mapping[str, Sequence[str]]
) -> Iterator[Diagnostic]:
    """Yield a warning for each entry of `registries` that no workload has a use for.

    The first config is that of the main workload, `servers` are those of each Secret.
    """
    listed = {name for config in configs for name in config["service"]["imagePullSecrets"]}
    for index, entry in enumerate(configs[0]["registries"]):
        if entry and entry["name"] and entry["name"] not in listed:
            message = f"not in imagePullSecrets; write service.imagePullSecrets: [{entry['name']}]"
            yield Diagnostic.about(("registries", index, "name"), message, severity="warning")
    images = [image for config in configs for _, image in _images(config)]
    yield from _unused(configs[0], servers, images)


def check_images(config: Entry, servers: Mapping[str, Sequence[str]]) -> Iterator[Diagnostic]:
    """Yield a warning for each image of a workload that none of its Secrets covers."""
    listed = [servers.get(name) for name in config["service"]["imagePullSecrets"]]
    yield from _uncovered(dict(_images(config)), listed)


def known_servers(
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


def _images(config: Entry) -> Iterator[tuple[KeyPath, Image]]:
    """Yield every valid image of the application, with its path."""
    found: list[tuple[KeyPath, Any]] = [
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
    images: Mapping[KeyPath, Image], listed: Sequence[Sequence[str] | None]
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
    config: Entry, servers: Mapping[str, Sequence[str]], images: Sequence[Image]
) -> Iterator[Diagnostic]:
    for index, entry in enumerate(config["registries"]):
        for server in servers.get(entry["name"], ()) if entry else ():
            if any(used_servers([server], image) for image in images):
                continue
            named = [each for each in entry["auths"] if canonical_server(each) == server]
            at: KeyPath = ("registries", index, *(("auths", named[0]) if named else ("file",)))
            is_own = at[-1] != "file"
            what = "this entry" if is_own else f"the entry {shown_server(server)}"
            message = f"no image of this application uses {what}"
            yield Diagnostic.about(at, message, is_about_key=is_own, severity="warning")
