"""What a real API server said about single values of new notations, against the parsers.

scripts/record_verdicts.py made the data.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from recorded import read_record

from kustz_tpl.errors import NotationError
from kustz_tpl.kinds.pod import check_dns
from kustz_tpl.notation.action import HttpGet, parse_action
from kustz_tpl.notation.mount import parse_mount
from kustz_tpl.notation.pod import parse_security, parse_spread, parse_toleration
from kustz_tpl.notation.port import parse_container_port
from kustz_tpl.notation.quantity import Quantity, check_resource, parse_resource
from kustz_tpl.notation.references import parse_variable_source
from kustz_tpl.notation.replicas import (
    check_rollout,
    parse_disruption_budget,
    parse_replicas,
    parse_rollout,
)
from kustz_tpl.notation.route import parse_gateway, parse_route_rule
from kustz_tpl.notation.schedule import parse_schedule

VERDICTS: list[tuple[str, str, str]] = [
    (*each.posted.name.split(" ", 1), "refuse" if each.is_refusal else "accept")
    for each in read_record("notation")
]

# What that server, a 1.36, takes and we refuse on purpose.
STRICTER = {
    # The kubelet refuses these, after the server took them.
    *(("medium", value) for value in ("disk", "HugePages-x")),
    # The server warns: a claim is in whole bytes.
    ("claim_size", "100m"),
    ("access", "ReadWriteOnce,ReadWriteOnce"),
    # A file, not a path; the folder is what is mounted.
    *(("token_file", value) for value in ("a/b", "a b")),
    # No node has pages of such a size.
    ("resource_field", "limits.hugepages-x"),
    # The same as one that is taken.
    *(("cpu_divisor", value) for value in ("1000m", "0")),
    *(("memory_divisor", value) for value in ("1024Ki", "0")),
    # The server skips an empty part of a list and what follows a `*`, and reads `+1` as 1.
    *(("cron", value) for value in (", * * * *", "1,2, * * * *", "*-5 * * * *", "+1 * * * *")),
    # It runs them each second.
    *(("cron", f"@every {value}") for value in ("0", "0s", "-1h", "0.0000000001s")),
    # More than it can count in thousandths; that it takes a few of them is an accident.
    ("extended_resource", "8Ei"),
    # An autoscaler that cannot scale; write the number.
    ("range", "1-1"),
    # No such metric has these in its name.
    ("metric_name", "a|b"),
    # Nobody could drain a node.
    *(("budget", value) for value in ("0", "0%")),
    # It means what 1 missing pod means, which is the default.
    ("daemonset_rollout", "0/"),
    # Where a `zone` is mistyped, it would be such a key.
    *(("topology_key", value) for value in ("rack", "a b", "A/b")),
    # Many proxies drop such a header, and a `.` is in none.
    *(("header_to_set", value) for value in ("X_Env", "X.Env")),
    # To the server that is no limit; an Istio VirtualService refuses it.
    ("route_timeout", "0s"),
}


def read_mount(form: str, option: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        found = parse_mount(form.format(value)).option(option)
        if isinstance(found, Quantity):
            return found.text
        return ",".join(found) if isinstance(found, tuple) else str(found)

    return read


def read_rollout(kind: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        check_rollout(parse_rollout(value), kind)
        return value

    return read


def read_rule(query: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        parse_route_rule(f"http://a.b/*?{query.format(value)}")
        return value

    return read


def read_limit(name: str, value: str) -> str:
    check_resource(name, parse_resource(value))
    return value


def read_searches(value: str) -> str:
    config = {"nameservers": [], "searches": [f"a{each}" for each in range(int(value))]}
    dns = {"policy": "Default", "config": {**config, "options": []}}
    for each in check_dns({"dns": dns, "kubeVersion": "1.29"}):
        raise NotationError(str(each))
    return value


def read_probe_port(value: str) -> str:
    action = parse_action(f"http://:{value}/")
    assert isinstance(action, HttpGet)
    return str(action.port)


READERS: dict[str, Callable[[str], str | None]] = {
    "medium": read_mount("emptydir://?medium={}", "medium"),
    "size_limit": read_mount("emptydir://?sizeLimit={}", "sizeLimit"),
    "csi_driver": lambda value: parse_mount(f"csi://{value}").name,
    "node_path": lambda value: parse_mount(f"hostpath://{value}").name,
    "node_type": read_mount("hostpath:///a?type={}", "type"),
    "export_path": lambda value: parse_mount(f"nfs://nas{value}").part,
    "sub_path": lambda value: parse_mount(f"volume://a/{value}").part,
    "mode": lambda value: f"{parse_mount(f'secret://a?mode={value}').option('mode'):03o}",
    "token_file": lambda value: parse_mount(f"token://{value}").name,
    "token_seconds": read_mount("token://a?expirationSeconds={}", "expirationSeconds"),
    "extended_resource": lambda value: read_limit("nvidia.com/gpu", value),
    "huge_pages": lambda value: read_limit(f"hugepages-{value}", value),
    "searches": read_searches,
    "claim_size": read_mount("pvc://a?size={}", "size"),
    "storage_class": read_mount("pvc://a?size=1Gi&class={}", "class"),
    "access": read_mount("pvc://a?size=1Gi&access={}", "access"),
    "field": lambda value: parse_variable_source(f"field://{value}").name,
    "resource_field": lambda value: parse_variable_source(f"resource://{value}").name,
    "cpu_divisor": lambda v: parse_variable_source(f"resource://limits.cpu?divisor={v}").divisor,
    "memory_divisor": (
        lambda v: parse_variable_source(f"resource://limits.memory?divisor={v}").divisor
    ),
    "key_reference": lambda value: parse_variable_source(f"secret://a/{value}").key,
    "cron": lambda value: parse_schedule(value).when,
    "time_zone": lambda value: parse_schedule(f"@daily {value}").time_zone,
    "range": lambda value: parse_replicas(value).text,
    "percentage": lambda value: str(parse_replicas(f"1-2 cpu={value}%").metrics[0].percentage),
    "metric_amount": lambda value: parse_replicas(f"1-2 cpu={value}").text.partition("=")[2],
    "metric_name": lambda value: parse_replicas(f"1-2 {value}=1").metrics[0].name,
    "budget": lambda value: str(parse_disruption_budget(value)),
    "deployment_rollout": read_rollout("Deployment"),
    "daemonset_rollout": read_rollout("DaemonSet"),
    "taint_key": lambda value: parse_toleration(value).key,
    "taint_value": lambda value: parse_toleration(f"a={value}").value,
    "effect": lambda value: parse_toleration(f"a:{value}").effect,
    "topology_key": lambda value: parse_spread(value).topology_key,
    "user": lambda value: str(parse_security(f"runAsUser={value}").run_as_user),
    "gateway_namespace": lambda value: parse_gateway(f"{value}/a").namespace,
    "listener": lambda value: parse_gateway(f"a:{value}").listener,
    "route_host": lambda value: parse_route_rule(f"http://{value}/").host,
    "redirect_host": read_rule("redirect=http://{}"),
    "redirect_port": read_rule("redirect=http://b:{}"),
    "header_to_set": read_rule("set={}:a"),
    "header_value": lambda v: (
        parse_route_rule(f"http://a.b/?set=A:{v.replace(' ', '%20')}").set_headers[0].value
    ),
    "weight": read_rule("svc=a@{}"),
    "route_timeout": read_rule("timeout={}"),
    "istio_timeout": read_rule("timeout={}"),
    "any_path": lambda value: (
        parse_route_rule(f"http://a.b{value}?type=ImplementationSpecific").path
    ),
    "probe_port": read_probe_port,
    "container_port_name": lambda value: parse_container_port(f"{value}=80").name,
}


def is_taken_as_it_is(name: str, value: str) -> bool:
    try:
        return READERS[name](value) == value
    except NotationError:
        return False


@pytest.mark.parametrize(("name", "value"), [each[:2] for each in VERDICTS if each[2] == "refuse"])
def test_what_the_server_refuses_is_refused(name: str, value: str) -> None:
    assert not is_taken_as_it_is(name, value)


@pytest.mark.parametrize(("name", "value"), [each[:2] for each in VERDICTS if each[2] == "accept"])
def test_what_the_server_takes_is_taken_or_listed_above(name: str, value: str) -> None:
    assert is_taken_as_it_is(name, value) == ((name, value) not in STRICTER)


def test_the_data_holds_what_is_listed_above() -> None:
    assert {(name, value) for name, value, said in VERDICTS if said == "accept"} >= STRICTER
    assert {name for name, _, _ in VERDICTS} == set(READERS)
    assert len(VERDICTS) > 350
