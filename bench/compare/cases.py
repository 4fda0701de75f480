# The cases of the comparison: sides, load and targets. Data only: rounds.py runs them. A target is
# shown, never asserted.
from __future__ import annotations

from dataclasses import replace
from typing import Callable

from document_cases import documents
from durable_cases import durability, restart, saves
from sides import (
    CPU,
    DOCUMENT_BYTES,
    LOAD,
    ONE_BY_ONE,
    Case,
    Check,
    Options,
    Side,
    Sizes,
    echo,
    open_loop,
    redis,
    seshdb,
    tagged,
    valkey,
)
from tls_cases import tls


def hot(sizes: Sizes, with_valkey: bool) -> Case:
    n = sizes.sessions
    sides = [
        tagged(make(f'{name}KV_{work.upper()}', work, sessions=n), command=work)
        for name, make in (('SeshDB ', seshdb), ('echo of ', echo))
        for work in ('get', 'set', 'update')
    ]
    sides += [
        tagged(redis(f'Redis {work.upper()}', work, sessions=n), command=work)
        for work in ('get', 'set')
    ]
    checks = [
        Check('KV_GET / Redis GET', 'SeshDB KV_GET', 'Redis GET', 0.65),
        Check('KV_SET / Redis SET', 'SeshDB KV_SET', 'Redis SET', 0.7),
        Check('KV_UPDATE / Redis SET', 'SeshDB KV_UPDATE', 'Redis SET', 0.6),
    ]
    checks += [
        Check(f'{command} / echo of the same bytes', f'SeshDB {command}', f'echo of {command}', 1.7)
        for command in ('KV_GET', 'KV_SET', 'KV_UPDATE')
    ]
    if with_valkey:
        names = {'get': 'JSON.GET', 'set': 'JSON.SET', 'update': 'JSON.SET of a path'}
        sides += [
            tagged(valkey(f'Valkey {name}', work, sessions=n), command=work)
            for work, name in names.items()
        ]
        checks += [
            Check('KV_GET / Valkey JSON.GET', 'SeshDB KV_GET', 'Valkey JSON.GET'),
            Check('KV_SET / Valkey JSON.SET', 'SeshDB KV_SET', 'Valkey JSON.SET'),
            Check(
                'KV_UPDATE / Valkey JSON.SET of a path',
                'SeshDB KV_UPDATE',
                'Valkey JSON.SET of a path',
                0.5,
            ),
        ]
    return Case(
        'hot',
        f'50 connections, 16 in flight, {n:,} sessions of one {DOCUMENT_BYTES}-byte document',
        [CPU, 'operations_per_s', 'p50_us', 'p99_us'],
        sides,
        checks,
    )


def connections(sizes: Sizes, _: bool) -> Case:
    load: Options = {
        'connections': sizes.many_connections,
        **ONE_BY_ONE,
        'sessions': sizes.sessions,
    }
    sides = [
        seshdb('SeshDB KV_GET', 'get', **load),
        seshdb('SeshDB KV_SET', 'set', **load),
        seshdb('SeshDB KV_UPDATE', 'update', **load),
        redis('Redis GET', 'get', **load),
        redis('Redis SET', 'set', **load),
    ]
    checks = [
        Check('KV_GET / Redis GET', 'SeshDB KV_GET', 'Redis GET', 1.0),
        Check('KV_SET / Redis SET', 'SeshDB KV_SET', 'Redis SET', 1.0),
        Check('KV_UPDATE / Redis SET', 'SeshDB KV_UPDATE', 'Redis SET', 1.0),
    ]
    return Case(
        'connections',
        f'{sizes.many_connections:,} connections, 1 in flight, the rest as in hot',
        [CPU, 'operations_per_s', 'p50_us', 'p99_us'],
        sides,
        checks,
    )


def http(sizes: Sizes, _: bool) -> Case:
    load: Options = {**ONE_BY_ONE, 'sessions': sizes.sessions}
    get = seshdb('SeshDB KV_GET over HTTP', 'get', protocol='http', **load)
    body = '{"KV_GET_RSP":{"tkn":"12345678901234567890","keys":{"user":}}}'
    file_bytes = len(body) + DOCUMENT_BYTES
    static: Options = {**LOAD, **ONE_BY_ONE, 'protocol': 'http-static', 'path': '/answer.json'}
    nginx = Side('nginx static file', 'nginx', static, {'file-bytes': str(file_bytes)})
    return Case(
        'http',
        f'HTTP with keep-alive, 50 connections, 1 in flight: POST of KV_GET beside nginx '
        f'and a file of as many bytes as the answer ({file_bytes})',
        [CPU, 'operations_per_s', 'p50_us', 'p99_us'],
        [get, nginx],
        [Check('KV_GET over HTTP / nginx', get.name, nginx.name, 1.5)],
    )


def memory(sizes: Sizes, with_valkey: bool) -> Case:
    n = sizes.memory_sessions
    load: Options = {'sessions': n, 'setup-only': True, 'settle': sizes.settle_seconds}
    sides = [
        seshdb('SeshDB, one document', 'get', **load),
        redis('Redis, one document', 'get', **load),
        seshdb('SeshDB, empty', 'get', **load, empty_sessions=True),
    ]
    if with_valkey:
        sides.append(valkey('Valkey JSON, one document', 'get', **load))
    sides = [replace(side, needs_gib=n * 700 / 2**30) for side in sides]
    checks = [
        Check('a session with a document', sides[0].name, '', 410, 'bytes_per_session', 'value'),
        Check('an empty session', 'SeshDB, empty', '', 90, 'bytes_per_session', 'value'),
        Check(
            'a document: SeshDB / Redis', sides[0].name, sides[1].name, None, 'bytes_per_session'
        ),
    ]
    return Case(
        'memory',
        f'resident memory of {n:,} sessions of one {DOCUMENT_BYTES}-byte document each, '
        'and of as many without any key',
        ['bytes_per_session'],
        sides,
        checks,
    )


def large(sizes: Sizes, _: bool) -> Case:
    base: Options = {'sessions': sizes.large_sessions, 'settle': sizes.settle_seconds}
    sides = [seshdb('SeshDB KV_UPDATE, 300 bytes', 'update', **base)]
    checks = []
    for shape in ('object', 'array', 'nested'):
        text: Options = {**base, 'document-shape': shape, 'document-bytes': sizes.large_bytes}
        whole: Options = {**text, 'in-flight': 2}
        update, get, peer = (
            f'SeshDB KV_UPDATE, {shape}',
            f'SeshDB KV_GET, {shape}',
            f'Redis GET, {shape}',
        )
        sides += [
            replace(seshdb(update, 'update', **text), text_bytes=sizes.large_bytes),
            seshdb(get, 'get', **whole),
            replace(redis(peer, 'get', **whole), text_bytes=sizes.large_bytes),
        ]
        checks += [
            Check(
                f'{shape}: KV_UPDATE, above that of 300 bytes',
                update,
                sides[0].name,
                5,
                CPU,
                'difference',
            ),
            Check(f'{shape}: KV_GET of the whole / Redis GET', get, peer, 2.0),
            Check(f'{shape}: memory / text, as stored', update, '', 1.3, 'memory_to_text', 'value'),
            Check(
                f'{shape}: and after the updates', update, '', 1.3, 'memory_after_to_text', 'value'
            ),
        ]
    return Case(
        'large',
        f'{sizes.large_sessions} documents of {sizes.large_bytes:,} bytes: an object of many '
        'members, an array of many items, 8 levels nested; KV_UPDATE of one member at random, '
        '16 in flight; KV_GET of the whole, 2 in flight',
        [CPU, 'operations_per_s', 'p99_us', 'memory_to_text', 'memory_after_to_text'],
        sides,
        checks,
    )


def growth_side(
    make: Callable[..., Side], name: str, work: str, keys: int, keys_per_session: int
) -> Side:
    """A server with this many keys. Redis has no sessions and gets as many keys."""
    side = make(f'{name}, {keys:,} keys', work, sessions=keys // keys_per_session)
    if keys_per_session != 1:
        side = replace(side, client={**side.client, 'keys-per-session': keys_per_session})
    return replace(side, needs_gib=keys * 700 / 2**30, tag={'server': name, 'keys': keys})


def growth(sizes: Sizes, _: bool) -> Case:
    sides: list[Side] = []
    checks: list[Check] = []
    for name, make, work, per_session in (
        ('SeshDB KV_GET', seshdb, 'get', 10),
        ('SeshDB KV_UPDATE', seshdb, 'update', 10),
        ('Redis GET', redis, 'get', 1),
    ):
        mine = [growth_side(make, name, work, keys, per_session) for keys in sizes.growth_keys]
        sides += mine
        limit = 1.6 if name.startswith('SeshDB') else None
        checks.append(Check(f'{name}: most keys / fewest', mine[-1].name, mine[0].name, limit))
    # As many new sessions as fit into the time, and the cost of the same rate without growth.
    new, steady = (
        replace(
            seshdb(name, work, sessions=n, rate=sizes.growth_new_rate, burst=LOAD['in-flight']),
            seconds=sizes.growth_new_seconds,
        )
        for name, work, n in (
            ('SeshDB SH_NEW, growing', 'new', 1),
            ('SeshDB KV_GET, nothing grows', 'get', sizes.sessions),
        )
    )
    sides += [new, steady]
    checks += [
        Check(
            'SH_NEW while growing: longest request, above that of KV_GET',
            new.name,
            steady.name,
            5_000,
            'max_us',
            'difference',
        ),
    ]
    return Case(
        'growth',
        f'CPU by number of keys (SeshDB: 10 a session), 50 connections, 16 in flight; and '
        f'sessions made at {sizes.growth_new_rate:,} a second, in bursts of 16, for '
        f'{sizes.growth_new_seconds:g} s',
        [CPU, 'operations_per_s', 'p99_us', 'p999_us', 'max_us'],
        sides,
        checks,
    )


def tail(sizes: Sizes, _: bool) -> Case:
    most = seshdb('SeshDB KV_GET, maximum', 'get', sessions=sizes.sessions)
    steady = seshdb('SeshDB KV_GET at 60 %', 'get', sessions=sizes.sessions)
    expiring = seshdb(
        'SeshDB KV_GET at 60 %, sessions expire',
        'get',
        sessions=sizes.tail_sessions + sizes.sessions,
        immortal_sessions=sizes.sessions,
        expire_at_once=max(1, int(sizes.tail_seconds / 2)),
    )
    steady, expiring = (
        open_loop(side, most, 0.6, sizes.tail_seconds) for side in (steady, expiring)
    )
    return Case(
        'tail',
        f'open loop at 60 % of the maximum for {sizes.tail_seconds:g} s, in bursts of as many '
        'requests as are in flight at the maximum, while '
        f'{sizes.tail_sessions:,} sessions expire within a second in the middle',
        ['asked_per_s', 'operations_per_s', CPU, 'p50_us', 'p99_us', 'p999_us', 'max_us'],
        [most, steady, expiring],
        [
            Check('p99.9 while they expire', expiring.name, '', 5_000, 'p999_us', 'value'),
            Check('p99.9 without', steady.name, '', None, 'p999_us', 'value'),
        ],
    )


def tags(sizes: Sizes, _: bool) -> Case:
    n = sizes.sessions
    most = seshdb('SeshDB KV_GET, maximum', 'get', sessions=n)
    steady, ending = (
        open_loop(replace(most, name=name, action=action), most, 0.6, sizes.tags_seconds)
        for name, action in (
            ('SeshDB KV_GET at 60 %', 'load'),
            ('SeshDB KV_GET at 60 %, SH_END_TAG', 'end-tag'),
        )
    )
    return Case(
        'tags',
        f'open loop at 60 % of the maximum for {sizes.tags_seconds:g} s, while one SH_END_TAG '
        f'ends {n:,} other sessions',
        ['asked_per_s', 'operations_per_s', CPU, 'p50_us', 'p99_us', 'p999_us', 'max_us',
         'end_tag_ms'],
        [most, steady, ending],
        [
            Check('p99.9 while they are ended', ending.name, '', 5_000, 'p999_us', 'value'),
            Check('p99.9 without', steady.name, '', None, 'p999_us', 'value'),
        ],
    )


def cores(sizes: Sizes, _: bool) -> Case:
    side = seshdb('', 'get', sessions=sizes.sessions)
    one, two = (
        replace(
            side,
            name=f'SeshDB KV_GET, {number}',
            server_options={'threads': number[0]},
            pinned=False,
        )
        for number in ('1 thread', '2 threads')
    )
    return Case(
        'cores',
        'one thread and two, as hot, nothing pinned: the client shares the processors',
        [CPU, 'operations_per_s', 'p50_us', 'p99_us'],
        [one, two],
        [Check('2 threads / 1 thread', two.name, one.name, 1.2)],
    )


def start(_: Sizes, __: bool) -> Case:
    ours = Side('SeshDB', 'seshdb', {}, {'threads': '1'}, 'start')
    peer = Side('Redis', 'redis', {}, {}, 'start')
    return Case(
        'start',
        'from the start of the process to the first answered request, without data',
        ['start_ms'],
        [ours, peer],
        [Check('first answer', ours.name, '', 50, 'start_ms', 'value')],
    )


def load(sizes: Sizes, _: bool) -> Case:
    sides: list[Side] = []
    for name, make in (('SeshDB KV_GET', seshdb), ('Redis GET', redis)):
        most = make(f'{name}, maximum', 'get', sessions=sizes.sessions)
        sides.append(replace(most, tag={'server': name}))
        for percent in sizes.load_percents:
            side = make(f'{name} at {percent} %', 'get', sessions=sizes.sessions)
            sides.append(
                replace(
                    side,
                    share_of=most.name,
                    share=percent / 100,
                    tag={'server': name, 'percent': percent},
                )
            )
    return Case(
        'load',
        'latency against load: open loop, at shares of the maximum that the same server '
        'reached in the same round with 16 in flight',
        ['asked_per_s', 'operations_per_s', CPU, 'p50_us', 'p99_us', 'p999_us'],
        sides,
    )


CASES = {
    make.__name__: make
    for make in (
        hot,
        documents,
        connections,
        http,
        memory,
        large,
        growth,
        tail,
        cores,
        tls,
        start,
        durability,
        saves,
        tags,
        restart,
        load,
    )
}
