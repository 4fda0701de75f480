# The parts of a case as data: sides, checks and sizes, and the sides that most cases share. Must
# not run anything: rounds.py does that.
from __future__ import annotations

from dataclasses import dataclass, field, replace

CPU = 'server_cpu_us_per_operation'
DOCUMENT_BYTES = 300
LOAD = {'connections': 50, 'in-flight': 16}
# Sides with one request in flight on each connection, like most programs.
ONE_BY_ONE = {'in-flight': 1}

Options = dict[str, str | int | float | bool]


@dataclass(frozen=True)
class Sizes:
    """The sizes of the cases. Quick sizes only prove that a case works."""

    sessions: int = 100_000
    many_connections: int = 1_000
    memory_sessions: int = 1_000_000
    large_bytes: int = 680_000
    large_sessions: int = 500
    settle_seconds: float = 3
    growth_keys: tuple[int, ...] = (10_000, 100_000, 1_000_000, 10_000_000)
    growth_new_rate: int = 100_000
    growth_new_seconds: float = 20
    checkpoint_seconds: float = 20
    save_sessions: int = 1_000_000
    restart_sessions: int = 1_000_000
    restart_keys_per_session: int = 10
    tail_seconds: float = 60
    tail_sessions: int = 1_000_000
    tags_seconds: float = 10
    load_percents: tuple[int, ...] = (10, 20, 30, 40, 50, 60, 70, 80, 90)


QUICK = Sizes(
    sessions=1_000,
    many_connections=100,
    memory_sessions=20_000,
    large_bytes=68_000,
    large_sessions=5,
    settle_seconds=0,
    growth_keys=(1_000, 10_000),
    growth_new_rate=5_000,
    growth_new_seconds=0.3,
    checkpoint_seconds=0.5,
    save_sessions=2_000,
    restart_sessions=2_000,
    restart_keys_per_session=2,
    tail_seconds=1.5,
    tail_sessions=5_000,
    tags_seconds=1.5,
    load_percents=(10, 50),
)


@dataclass(frozen=True)
class Side:
    """One side of a comparison: a server, and what its clients do."""

    name: str
    server: str  # seshdb, redis, valkey, nginx; before: another build of SeshDB
    client: Options = field(default_factory=dict)  # options of seshdb-bench
    server_options: dict[str, str] = field(default_factory=dict)
    action: str = 'load'  # or 'start': nothing but the time to the first answer; or 'restart': the
    # same of a server that was stopped with the data that the client's setup made; or 'saves': a
    # load while all sessions are saved, again and again; or 'end-tag': a load while as many other
    # sessions are ended by their tag
    share_of: str = ''  # open loop, at `share` of what this side reached in the same round
    share: float = 0
    seconds: float | None = None  # instead of the run's own
    pinned: bool = True
    text_bytes: int = 0  # of a session, where memory is to be told beside it
    needs_gib: float = 0  # of free memory; without it the side is left out
    tag: dict[str, str | int] = field(default_factory=dict)  # for plot.py


@dataclass(frozen=True)
class Check:
    """A ratio or difference of two sides by round, or a value; and its target, if there is one."""

    name: str
    over: str
    under: str = ''
    limit: float | None = None
    figure: str = CPU
    kind: str = 'ratio'  # or 'difference', 'value'


@dataclass(frozen=True)
class Case:
    name: str
    title: str
    figures: list[str]
    sides: list[Side]
    checks: list[Check] = field(default_factory=list)


def seshdb(name: str, work: str, **client: str | int | float | bool) -> Side:
    options: Options = {'protocol': 'ws', 'work': work, **LOAD, 'document-bytes': DOCUMENT_BYTES}
    options.update({key.replace('_', '-'): value for key, value in client.items()})
    return Side(name, 'seshdb', options, {'threads': '1'})


def redis(name: str, work: str, **client: str | int | float | bool) -> Side:
    side = seshdb(name, work, **client)
    return replace(
        side, server='redis', client={**side.client, 'protocol': 'redis'}, server_options={}
    )


def valkey(name: str, work: str, **client: str | int | float | bool) -> Side:
    side = redis(name, work, **client)
    return replace(side, server='valkey', client={**side.client, 'protocol': 'valkey-json'})


def echo(name: str, work: str, **client: str | int | float | bool) -> Side:
    side = seshdb(name, work, echo=True, **client)
    return replace(side, server_options={'threads': '1', 'echo': 'true'})


def open_loop(side: Side, most: Side, share: float, seconds: float) -> Side:
    """The side at a share of what `most` reaches, in bursts of as many requests as are in flight
    there."""
    return replace(
        side,
        share_of=most.name,
        share=share,
        seconds=seconds,
        client={**side.client, 'burst': LOAD['in-flight']},
    )


DATA = '{data}'  # in server options: an empty folder of the sample's own


CERTIFICATE = '{certificate}'  # in server options: the files of a certificate made for the run
KEY = '{key}'
# By server: the options with which it speaks TLS and asks clients for no certificate.
TLS_OPTIONS = {
    'seshdb': {'tls-cert': CERTIFICATE, 'tls-key': KEY},
    'redis': {
        'tls-cert-file': CERTIFICATE,
        'tls-key-file': KEY,
        'tls-ca-cert-file': CERTIFICATE,
        'tls-auth-clients': 'no',
    },
    'nginx': {'tls-cert': CERTIFICATE, 'tls-key': KEY},
}


def over_tls(side: Side) -> Side:
    """The side with TLS between client and server."""
    return replace(
        side,
        client={**side.client, 'tls': True},
        server_options={**side.server_options, **TLS_OPTIONS[side.server]},
    )


def durable(side: Side, **server_options: str) -> Side:
    """The side with a server with durable data."""
    return replace(side, server_options={**side.server_options, **server_options})


def tagged(side: Side, **tag: str | int) -> Side:
    """The side with the data for plot.py."""
    return replace(side, tag=tag)
