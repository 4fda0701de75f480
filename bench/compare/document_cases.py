# The case of the commands that read, change and search inside a session. Data only.
from __future__ import annotations

from dataclasses import replace

from sides import CPU, DOCUMENT_BYTES, Case, Check, Side, Sizes, seshdb, tagged, valkey

# The load generator's name of a work, our command, and what does the same in Valkey's JSON module,
# which has no JSON.MERGE.
WORKS = (
    ('read', 'KV_READ', 'JSON.GET of a path'),
    ('patch', 'KV_PATCH replace', 'JSON.SET of a path'),
    ('increment', 'KV_PATCH inc', 'JSON.NUMINCRBY'),
    ('merge', 'KV_MERGE', ''),
    ('find', 'KV_FIND', 'JSON.GET of a path, once more'),
)


def documents(sizes: Sizes, with_valkey: bool) -> Case:
    n = sizes.sessions
    get = seshdb('SeshDB KV_GET', 'get', sessions=n)
    update = seshdb('SeshDB KV_UPDATE', 'update', sessions=n)
    sides = [get, update]
    sides += [
        tagged(seshdb(f'SeshDB {command}', work, sessions=n), command=work)
        for work, command, _ in WORKS
    ]
    checks = [
        Check('KV_READ / KV_GET of the document', 'SeshDB KV_READ', get.name, 1.1),
        Check('KV_PATCH replace / KV_UPDATE', 'SeshDB KV_PATCH replace', update.name, 1.15),
    ]
    for shape in ('object', 'array'):
        in_large = [large(sizes, shape, work) for work in ('read', 'patch', 'update')]
        sides += in_large
        checks += [
            Check(f'KV_READ, large {shape} - KV_READ', in_large[0].name, 'SeshDB KV_READ', 5, CPU,
                  'difference'),
            Check(f'KV_PATCH, large {shape} - KV_UPDATE there', in_large[1].name, in_large[2].name,
                  5, CPU, 'difference'),
        ]
    if with_valkey:
        for work, command, name in WORKS:
            if not name:
                continue
            theirs = tagged(valkey(f'Valkey {name}', work, sessions=n), command=work)
            sides.append(theirs)
            checks.append(Check(f'{command} / {theirs.name}', f'SeshDB {command}', theirs.name, 0.4))
    return Case(
        'documents',
        f'inside a session: 50 connections, 16 in flight, {n:,} sessions of one '
        f'{DOCUMENT_BYTES}-byte document; and {sizes.large_sessions:,} of {sizes.large_bytes:,} '
        'bytes',
        [CPU, 'operations_per_s', 'p50_us', 'p99_us'],
        sides,
        checks,
    )


def large(sizes: Sizes, shape: str, work: str) -> Side:
    name = {'read': 'KV_READ', 'patch': 'KV_PATCH replace', 'update': 'KV_UPDATE'}[work]
    side = seshdb(
        f'SeshDB {name}, large {shape}',
        work,
        sessions=sizes.large_sessions,
        document_bytes=sizes.large_bytes,
        document_shape=shape,
    )
    return replace(side, text_bytes=sizes.large_bytes)
