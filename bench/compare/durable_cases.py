# The cases of servers with durable data: the cost of writes, and the time of a restart. Data only,
# like cases.py, which lists them.
from __future__ import annotations

from dataclasses import replace

from sides import (
    CPU,
    DATA,
    DOCUMENT_BYTES,
    Case,
    Check,
    Sizes,
    durable,
    open_loop,
    redis,
    seshdb,
)

NO_CHECKPOINTS = {'data': DATA, 'checkpoint-bytes': str(2**34)}
MANY_CHECKPOINTS = {'data': DATA, 'checkpoint-bytes': str(2**20), 'checkpoint-ratio': '0.1'}


def durability(sizes: Sizes, _: bool) -> Case:
    n = sizes.sessions
    ours = seshdb('SeshDB KV_SET, in memory', 'set', sessions=n)
    peer = redis('Redis SET, in memory', 'set', sessions=n)
    sides = [ours, peer]
    for sync in ('interval', 'always'):
        sides.append(durable(replace(ours, name=f'SeshDB KV_SET, {sync}'), data=DATA, sync=sync))
    for fsync in ('everysec', 'always'):
        name = f'Redis SET, appendfsync {fsync}'
        kept = durable(replace(peer, name=name), appendonly='yes', appendfsync=fsync, dir=DATA)
        sides.append(kept)
    # The tail: the same load for all, without a disk, with one, and while one checkpoint follows
    # the other.
    steady = [
        replace(ours, name='SeshDB KV_SET at 40 %, in memory'),
        durable(replace(ours, name='SeshDB KV_SET at 40 %, interval'), **NO_CHECKPOINTS),
        durable(replace(ours, name='SeshDB KV_SET at 40 %, checkpoints'), **MANY_CHECKPOINTS),
    ]
    sides += [open_loop(side, ours, 0.4, sizes.checkpoint_seconds) for side in steady]
    return Case(
        'durability',
        'hot, with what is written kept on the disk; and an open loop at 40 % of the maximum in '
        f'memory for {sizes.checkpoint_seconds:g} s, without any checkpoint and while one follows '
        'the other',
        [CPU, 'operations_per_s', 'p50_us', 'p99_us', 'p999_us'],
        sides,
        [
            Check('interval / in memory', 'SeshDB KV_SET, interval', ours.name, 1.5),
            Check(
                'interval / Redis everysec',
                'SeshDB KV_SET, interval',
                'Redis SET, appendfsync everysec',
                0.6,
            ),
            Check(
                'always: operations/s of Redis / of SeshDB',
                'Redis SET, appendfsync always',
                'SeshDB KV_SET, always',
                1.0,
                'operations_per_s',
            ),
        ],
    )


def saves(sizes: Sizes, _: bool) -> Case:
    most = seshdb('SeshDB KV_SET, maximum', 'set', sessions=sizes.save_sessions)
    most = replace(most, server_options={**most.server_options, 'savePath': DATA})
    alone, saving = (
        open_loop(replace(most, name=name, action=action), most, 0.4, sizes.checkpoint_seconds)
        for name, action in (
            ('SeshDB KV_SET at 40 %', 'load'),
            ('SeshDB KV_SET at 40 %, saves', 'saves'),
        )
    )
    return Case(
        'saves',
        f'{sizes.save_sessions:,} sessions of one document; open loop at 40 % of the maximum for '
        f'{sizes.checkpoint_seconds:g} s, without any save and while one follows the other',
        ['operations_per_s', CPU, 'p50_us', 'p99_us', 'p999_us', 'max_us', 'saves', 'save_ms'],
        [most, alone, saving],
        [
            Check('p99.9 while saves are made', saving.name, '', 10_000, 'p999_us', 'value'),
            Check('p99.9 without', alone.name, '', None, 'p999_us', 'value'),
        ],
    )


def restart(sizes: Sizes, _: bool) -> Case:
    n, per_session = sizes.restart_sessions, sizes.restart_keys_per_session
    keys = n * per_session
    ours = seshdb('SeshDB', 'get', sessions=n, keys_per_session=per_session, setup_only=True)
    peer = redis('Redis, AOF', 'get', sessions=keys, setup_only=True)
    sides = [
        durable(ours, threads='2', data=DATA),
        durable(peer, appendonly='yes', dir=DATA),
        durable(replace(peer, name='Redis, RDB'), save='3600 1', dir=DATA),
    ]
    sides = [
        replace(side, action='restart', pinned=False, needs_gib=keys * 700 / 2**30)
        for side in sides
    ]
    return Case(
        'restart',
        f'from the start of the process to its first answer, with {keys:,} keys of '
        f'{DOCUMENT_BYTES} bytes that an earlier one has kept (SeshDB: two threads)',
        ['start_ms', 'keys_per_s', 'disk_bytes_per_key', 'memory_to_before'],
        sides,
        [
            Check('first answer', 'SeshDB', '', 60_000, 'start_ms', 'value'),
            Check('memory / before', 'SeshDB', '', 1.1, 'memory_to_before', 'value'),
        ],
    )
