from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kustz_tpl.errors import NotationError
from kustz_tpl.notation.port import (
    ContainerPort,
    Port,
    parse_container_port,
    parse_port,
    parse_port_number,
)

PORT = "expected a port from 1 to 65535, got "
NODE_PORT = "expected a node port from 1 to 65535, got "
NAME = "expected a DNS name after '@', got "


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("80", Port("ClusterIP", "TCP", 80, 80)),
        ("80:8080", Port("ClusterIP", "TCP", 80, 8080)),
        ("1:65535", Port("ClusterIP", "TCP", 1, 65535)),
        ("!80", Port("NodePort", "TCP", 80, 80)),
        ("!80:8080", Port("NodePort", "TCP", 80, 8080)),
        ("!30000:80:8080", Port("NodePort", "TCP", 80, 8080, 30000)),
        ("!1:80:8080", Port("NodePort", "TCP", 80, 8080, 1)),
        ("!65535:80:8080", Port("NodePort", "TCP", 80, 8080, 65535)),
        ("%80", Port("LoadBalancer", "TCP", 80, 80)),
        ("%80:8080", Port("LoadBalancer", "TCP", 80, 8080)),
        ("%30080:80:8080", Port("LoadBalancer", "TCP", 80, 8080, 30080)),
        ("#80", Port("Headless", "TCP", 80, 80)),
        ("#80:8080", Port("Headless", "TCP", 80, 8080)),
        ("tcp://80", Port("ClusterIP", "TCP", 80, 80)),
        ("udp://!9998:8889", Port("NodePort", "UDP", 9998, 8889)),
        ("UDP://53", Port("ClusterIP", "UDP", 53, 53)),
        ("Sctp://#36412", Port("Headless", "SCTP", 36412, 36412)),
        ("udp://%30053:53:5353", Port("LoadBalancer", "UDP", 53, 5353, 30053)),
        ("@db.example.com", Port("ExternalName", external_name="db.example.com")),
        ("@db.example.com.", Port("ExternalName", external_name="db.example.com.")),
        ("@10.9.8.7", Port("ExternalName", external_name="10.9.8.7")),
    ],
)
def test_parse_port(text: str, port: Port) -> None:
    assert parse_port(text) == port._replace(text=text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", PORT + "''"),
        ("80o80", PORT + "'80o80'"),
        ("80:80o80", PORT + "'80o80' in '80:80o80'"),
        ("0", PORT + "'0'"),
        ("65536", PORT + "'65536'"),
        ("80:0", PORT + "'0' in '80:0'"),
        ("80:", PORT + "'' in '80:'"),
        (":80", PORT + "'' in ':80'"),
        ("-80", PORT + "'-80'"),
        ("80.0", PORT + "'80.0'"),
        ("8_0", PORT + "'8_0'"),
        ("0x50", PORT + "'0x50'"),
        ("1e3", PORT + "'1e3'"),
        ("080", PORT + "'080'; write 80"),
        ("+80", PORT + "'+80'; write 80"),
        (" 80", PORT + "' 80'; write 80"),
        ("80\n", PORT + r"'80\n'; write 80"),
        ("٣", PORT + "'٣'"),
        ("\uff18\uff10", PORT + "'\uff18\uff10'"),
        ("8²", PORT + "'8²'"),
        ("80\0", PORT + r"'80\x00'"),
        ("9" * 5000, PORT + f"'{'9' * 40}…' (5000 characters)"),
        ("http", PORT + "'http'"),
        ("!", PORT + "'' in '!'"),
        ("!!80", PORT + "'!80' in '!!80'"),
        ("! 80", PORT + "' 80' in '! 80'; write 80"),
        ("80!", PORT + "'80!'"),
        ("udp://", PORT + "'' in 'udp://'"),
        ("udp:80", PORT + "'udp' in 'udp:80'"),
        (
            "!tcp://80",
            (
                "expected tcp, udp or sctp before '://', got '!tcp' in '!tcp://80'"
                "; did you mean tcp?"
            ),
        ),
        ("http://80", "expected tcp, udp or sctp before '://', got 'http' in 'http://80'"),
        ("://80", "expected tcp, udp or sctp before '://', got '' in '://80'"),
        (
            "utp://80",
            ("expected tcp, udp or sctp before '://', got 'utp' in 'utp://80'; did you mean udp?"),
        ),
        ("!0:80:80", NODE_PORT + "'0' in '!0:80:80'"),
        ("%65536:80:80", NODE_PORT + "'65536' in '%65536:80:80'"),
        ("!:80:80", NODE_PORT + "'' in '!:80:80'"),
        ("!030000:80:80", NODE_PORT + "'030000' in '!030000:80:80'; write 30000"),
        (
            "30080:80:80",
            (
                "expected port:targetPort at most, got '30080:80:80'"
                "; a node port needs the mode '!' or '%'"
            ),
        ),
        ("#30080:80:80", "expected port:targetPort at most, got '#30080:80:80'"),
        ("!1:2:3:4", "expected nodePort:port:targetPort at most, got '!1:2:3:4'"),
        ("@", NAME + "'' in '@'"),
        ("@-db", NAME + "'-db' in '@-db'"),
        ("@Db.example.com", NAME + "'Db.example.com' in '@Db.example.com'"),
        ("@db.example.com..", NAME + "'db.example.com..' in '@db.example.com..'"),
        ("@db:5432", NAME + "'db:5432' in '@db:5432'; an ExternalName has no port"),
        ("tcp://@db.example.com", "expected no protocol before '@', got 'tcp://@db.example.com'"),
    ],
)
def test_parse_port_refuses(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_port(text)
    assert str(caught.value) == message


def test_only_a_port_without_a_mode_is_plain() -> None:
    plain = {text: parse_port(text).is_plain for text in ("80", "!80", "%80", "#80", "@a")}
    assert plain == {"80": True, "!80": False, "%80": False, "#80": False, "@a": False}


NUMBERS = st.integers(1, 65535)
PROTOCOLS = st.sampled_from(["", "tcp://", "UDP://", "Sctp://"])


@given(PROTOCOLS, st.sampled_from("!%"), NUMBERS, NUMBERS, NUMBERS)
def test_a_written_port_reads_back(
    protocol: str, mode: str, node_port: int, port: int, target_port: int
) -> None:
    read = parse_port(f"{protocol}{mode}{node_port}:{port}:{target_port}")
    assert (read.node_port, read.port, read.target_port) == (node_port, port, target_port)
    assert read.protocol == (protocol[:-3].upper() or "TCP")


@given(st.integers() | st.integers(0, 70_000))
def test_a_number_is_a_port_exactly_from_1_to_65535(number: int) -> None:
    try:
        assert parse_port_number(str(number)) == number
        accepted = True
    except NotationError:
        accepted = False
    assert accepted == (1 <= number <= 65535)


@given(st.text())
def test_what_is_read_consists_of_plain_digits(text: str) -> None:
    try:
        number = parse_port_number(text)
    except NotationError:
        return
    assert str(number) == text


@pytest.mark.parametrize(
    ("value", "got"), [([], "a list"), ({}, "a mapping"), (None, "nothing"), (8, "'8'")]
)
def test_what_is_no_text_is_refused(value: object, got: str) -> None:
    with pytest.raises(NotationError, match=f"^expected a string, got {got}$"):
        parse_port(value)  # type: ignore[arg-type] - as a template may have it


PORT_NAME = (
    "expected a port name of lower-case letters, digits and single '-' between them"
    " (at most 15, one of them a letter), got "
)


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("80", Port("ClusterIP", "TCP", 80, 80)),
        ("http=80:8080", Port("ClusterIP", "TCP", 80, 8080, name="http")),
        ("grpc=#9090", Port("Headless", "TCP", 9090, 9090, name="grpc")),
        ("dns=udp://!30053:53:53", Port("NodePort", "UDP", 53, 53, 30053, name="dns")),
        ("@db.example.com", Port("ExternalName", external_name="db.example.com")),
    ],
)
def test_parse_port_with_a_name(text: str, port: Port) -> None:
    assert parse_port(text) == port._replace(text=text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Http=80", PORT_NAME + "'Http' in 'Http=80'"),
        ("=80", PORT_NAME + "'' in '=80'"),
        ("80=80", PORT_NAME + "'80' in '80=80'"),
        (
            "a-very-long-port-name=80",
            PORT_NAME + "'a-very-long-port-name' in 'a-very-long-port-name=80'",
        ),
        ("http=", PORT + "'' in 'http='"),
        ("http=80:80o80", PORT + "'80o80' in 'http=80:80o80'"),
        ("a=!0:80:80", NODE_PORT + "'0' in 'a=!0:80:80'"),
        (
            "db=@db.example.com",
            "expected no name before an ExternalName: it has no port, got 'db' in 'db=@db.example.com'",
        ),
        (
            "http=80:8080:1:2",
            (
                "expected port:targetPort at most, got 'http=80:8080:1:2'"
                "; a node port needs the mode '!' or '%'"
            ),
        ),
    ],
)
def test_parse_port_refuses_a_name(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_port(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("9102", ContainerPort(9102)),
        ("metrics=9102", ContainerPort(9102, name="metrics")),
        ("UDP://53", ContainerPort(53, "UDP")),
        ("dns=udp://53", ContainerPort(53, "UDP", "dns")),
    ],
)
def test_parse_container_port(text: str, port: ContainerPort) -> None:
    assert parse_container_port(text) == port._replace(text=text)


ALONE = "expected a container port, [name=][protocol://]port, got "


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("80:8080", ALONE + "'80:8080'"),
        ("!80", ALONE + "'!80'"),
        ("@db", ALONE + "'@db'"),
        ("a=80:8080", ALONE + "'a=80:8080'"),
        ("A=80", PORT_NAME + "'A' in 'A=80'"),
        ("metrics", PORT + "'metrics'"),
        (
            "tpc://80",
            "expected tcp, udp or sctp before '://', got 'tpc' in 'tpc://80'; did you mean tcp?",
        ),
    ],
)
def test_parse_container_port_refuses(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_container_port(text)
    assert str(caught.value) == message


@given(
    st.from_regex(r"[a-z]([a-z0-9]{0,13}[a-z0-9])?", fullmatch=True), PROTOCOLS, NUMBERS, NUMBERS
)
def test_a_written_name_reads_back(name: str, protocol: str, port: int, target: int) -> None:
    unnamed = parse_port(f"{protocol}{port}:{target}")
    text = f"{name}={unnamed.text}"
    assert parse_port(text) == unnamed._replace(name=name, text=text)
    alone = parse_container_port(f"{name}={protocol}{port}")
    assert (alone.name, alone.protocol, alone.port) == (name, unnamed.protocol, port)
