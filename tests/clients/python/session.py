# One session of a Python program, over the websockets library: every kind of frame that the library
# can send. Uses only the protocol; must not import anything of this repository.
import asyncio
import json
import sys

import websockets

WAIT_S = 20


def expect(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: expected {wanted!r:.500}, got {got!r:.500}")


async def ask(socket, command, **parameters):
    await socket.send(json.dumps({command: parameters}))
    return await answer(socket, command)


async def answer(socket, command):
    text = await asyncio.wait_for(socket.recv(), WAIT_S)
    expect(f"{command}: the kind of its answer", type(text), str)
    reply = json.loads(text)
    expect(f"{command}: the name of its answer", list(reply), [f"{command}_RSP"])
    return reply[f"{command}_RSP"]


async def new_session(socket, name="from python"):
    reply = await ask(socket, "SH_NEW", name=name)
    token = reply.pop("tkn")
    expect("SH_NEW", reply, {"st": 1, "name": name})
    expect("SH_NEW: a token of decimal digits", token.isdigit(), True)
    return token


async def set_get_update(socket):
    token = await new_session(socket)
    user = {"name": "Zoë", "avatar": "img1.png", "roles": ["a", "b"], "big": 12345678901234567890}
    reply = await ask(socket, "KV_SET", tkn=token, keys={"user": user, "n": None})
    expect("KV_SET", reply, {"tkn": token, "keys": {"user": 20, "n": 20}})
    reply = await ask(socket, "KV_UPDATE", tkn=token, key="user", **{"/avatar": "img2.png"})
    expect("KV_UPDATE", reply, {"tkn": token, "key": {"user": 1}})
    reply = await ask(socket, "KV_GET", tkn=token, keys=["user", "n", "nokey"])
    user["avatar"] = "img2.png"
    expect("KV_GET", reply, {"tkn": token, "keys": {"user": user, "n": None, "nokey": None}})
    reply = await ask(socket, "KV_UPDATE", tkn=token, key="user", **{"/nope": 1})
    expect("KV_UPDATE to nothing", reply, {"tkn": token, "key": {"user": 5}, "m": "/nope"})
    reply = await ask(socket, "SH_END", tkn=token)
    expect("SH_END", reply, {"st": 1, "tkn": token})
    reply = await ask(socket, "KV_GET", tkn=token, keys=["user"])
    expect("KV_GET after the end", reply, {"st": 100, "tkn": token, "m": "tkn"})


async def fragmented(socket):
    token = await new_session(socket)
    value = "é€😀" * 50
    request = json.dumps({"KV_SET": {"tkn": token, "keys": {"k": value}}}, ensure_ascii=False)

    # One frame per character, with pings in between: control frames may come inside a message.
    async def pieces():
        for index, character in enumerate(request):
            if index % 60 == 30:
                await asyncio.wait_for(await socket.ping(), WAIT_S)
            yield character

    await socket.send(pieces())
    expect("fragmented KV_SET", await answer(socket, "KV_SET"), {"tkn": token, "keys": {"k": 20}})
    reply = await ask(socket, "KV_GET", tkn=token, keys=["k"])
    expect("KV_GET of what came in fragments", reply["keys"], {"k": value})


async def large(socket):
    token = await new_session(socket)
    value = {"items": [{"id": i, "text": "x" * 100} for i in range(4000)]}
    expect("the size of the large message", len(json.dumps(value)) > 500_000, True)
    reply = await ask(socket, "KV_SET", tkn=token, keys={"large": value})
    expect("KV_SET of 500 KB", reply, {"tkn": token, "keys": {"large": 20}})
    reply = await ask(socket, "KV_UPDATE", tkn=token, key="large", **{"/items/3999/text": "last"})
    expect("KV_UPDATE in 500 KB", reply, {"tkn": token, "key": {"large": 1}})
    value["items"][3999]["text"] = "last"
    reply = await ask(socket, "KV_GET", tkn=token, keys=["large"])
    expect("KV_GET of 500 KB", reply, {"tkn": token, "keys": {"large": value}})


async def ping(socket):
    for payload in (b"", b"are you there", b"\x00" * 125):
        await asyncio.wait_for(await socket.ping(payload), WAIT_S)
    await socket.pong(b"nobody asked")
    await new_session(socket)


async def pipelined(socket):
    # Two sessions, so that two cores may answer; the answers must stay in order.
    tokens = [await new_session(socket), await new_session(socket)]
    count = 1000
    for i in range(count):
        command = {"KV_SET": {"tkn": tokens[i % 2], "rid": i, "keys": {"k": i}}}
        await socket.send(json.dumps(command))
    for i in range(count):
        reply = await answer(socket, "KV_SET")
        wanted = {"rid": i, "tkn": tokens[i % 2], "keys": {"k": 20 if i < 2 else 21}}
        expect(f"pipelined answer {i}", reply, wanted)


async def faults(socket):
    await socket.send(b"\x00\x01")
    reply = json.loads(await asyncio.wait_for(socket.recv(), WAIT_S))
    expect("a binary message", (list(reply), reply["ERR"]["st"]), (["ERR"], 2))
    await socket.send("{not json")
    reply = json.loads(await asyncio.wait_for(socket.recv(), WAIT_S))
    expect("text that is no JSON", (list(reply), reply["ERR"]["st"]), (["ERR"], 3))
    await new_session(socket)


async def close(socket):
    await asyncio.wait_for(socket.close(code=1000, reason="done"), WAIT_S)
    expect("the close code", socket.close_code, 1000)


async def too_big(uri):
    async with websockets.connect(uri, max_size=None) as socket:
        try:
            await socket.send("x" * (1024 * 1024 + 1))
            await asyncio.wait_for(socket.recv(), WAIT_S)
        except websockets.ConnectionClosed:
            pass
        await asyncio.wait_for(socket.wait_closed(), WAIT_S)
        expect("the close code of a message over 1 MiB", socket.close_code, 1009)


def extensions(socket):
    # Up to version 13 of the library this is in the connection, from 14 on in its protocol.
    return list(getattr(socket, "protocol", socket).extensions)


async def main(port):
    uri = f"ws://127.0.0.1:{port}/"
    # Both with the library's compression offered (the server declines it) and without.
    for compression in ("deflate", None):
        socket = await asyncio.wait_for(
            websockets.connect(uri, max_size=None, compression=compression), WAIT_S)
        expect("extensions of the connection", extensions(socket), [])
        for step in (set_get_update, fragmented, large, ping, pipelined, faults, close):
            try:
                await step(socket)
            except Exception as fault:
                reason = str(fault) or type(fault).__name__
                sys.exit(f"FAIL: python websockets, step {step.__name__}: {reason}")
    await too_big(uri)
    print(f"python websockets {websockets.__version__}: every step passed")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
