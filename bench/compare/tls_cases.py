# The case of the comparison with TLS: its price for requests, and the price of handshakes.
from __future__ import annotations

from sides import CPU, LOAD, Case, Check, Options, Side, Sizes, over_tls, redis, seshdb


def tls(sizes: Sizes, _: bool) -> Case:
    sides: list[Side] = []
    checks: list[Check] = []
    for in_flight, limit in ((16, 0.8), (1, 1.0)):
        load: Options = {'sessions': sizes.sessions, 'in-flight': in_flight}
        ours = over_tls(seshdb(f'SeshDB KV_GET, {in_flight} in flight', 'get', **load))
        peer = over_tls(redis(f'Redis GET, {in_flight} in flight', 'get', **load))
        sides += [ours, peer]
        checks.append(
            Check(f'KV_GET / Redis GET, {in_flight} in flight', ours.name, peer.name, limit)
        )
    for kind in ('full', 'resumed'):
        clients: Options = {'connections': LOAD['connections'], 'handshakes': kind}
        ours = over_tls(Side(f'SeshDB, {kind} handshakes', 'seshdb', clients, {'threads': '1'}))
        peer = over_tls(
            Side(f'nginx, {kind} handshakes', 'nginx', clients, {'file-bytes': '3'})
        )
        sides += [ours, peer]
        checks.append(Check(f'{kind} handshakes: SeshDB / nginx', ours.name, peer.name))
    return Case(
        'tls',
        'TLS with a key on P-256: 50 connections, 16 and 1 in flight, the rest as in hot; and '
        '50 clients that connect, ask for /healthz and leave, again and again',
        [CPU, 'operations_per_s', 'p50_us', 'p99_us'],
        sides,
        checks,
    )
