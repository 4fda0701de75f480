// One session of a Node program, over npm's ws, and the same port over HTTP with Node's fetch. Uses
// only the protocol; must not import anything of this repository.
import assert from 'node:assert/strict';
import {once} from 'node:events';
import process from 'node:process';
import {WebSocket} from 'ws';

const port = Number(process.argv[2]);
const waitMs = 20_000;

// A client on one connection: requests go out, answers are taken in order.
class Client {
  constructor(options) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/`, {maxPayload: 0, ...options});
    this.answers = [];
    this.waiting = [];
    this.socket.on('message', (data, isBinary) => {
      assert.equal(isBinary, false, 'answers are text');
      const reply = JSON.parse(data.toString());
      const next = this.waiting.shift();
      next ? next(reply) : this.answers.push(reply);
    });
  }

  async open() {
    await once(this.socket, 'open', {signal: AbortSignal.timeout(waitMs)});
    return this;
  }

  async next() {
    if (this.answers.length > 0) return this.answers.shift();
    const limit = AbortSignal.timeout(waitMs);
    return new Promise((resolve, reject) => {
      limit.addEventListener('abort', () => reject(new Error('no answer came')));
      this.waiting.push(resolve);
    });
  }

  async reply(command) {
    const reply = await this.next();
    assert.deepEqual(Object.keys(reply), [`${command}_RSP`]);
    return reply[`${command}_RSP`];
  }

  async ask(command, parameters) {
    this.socket.send(JSON.stringify({[command]: parameters}));
    return this.reply(command);
  }

  async newSession() {
    const {tkn, ...rest} = await this.ask('SH_NEW', {name: 'from node'});
    assert.deepEqual(rest, {st: 1, name: 'from node'});
    assert.match(tkn, /^[0-9]{1,20}$/);
    return tkn;
  }

  async closed() {
    const [code] = await once(this.socket, 'close', {signal: AbortSignal.timeout(waitMs)});
    return code;
  }
}

async function setGetUpdate(client) {
  const tkn = await client.newSession();
  const user = {name: 'Zoë', avatar: 'img1.png', roles: ['a', 'b']};
  assert.deepEqual(await client.ask('KV_SET', {tkn, keys: {user}}), {tkn, keys: {user: 20}});
  assert.deepEqual(await client.ask('KV_UPDATE', {tkn, key: 'user', '/avatar': 'img2.png'}),
                   {tkn, key: {user: 1}});
  assert.deepEqual(await client.ask('KV_GET', {tkn, keys: ['user', 'nokey']}),
                   {tkn, keys: {user: {...user, avatar: 'img2.png'}, nokey: null}});
  assert.deepEqual(await client.ask('SH_END', {tkn}), {st: 1, tkn});
  assert.deepEqual(await client.ask('KV_COUNT', {tkn}), {st: 100, tkn, m: 'tkn'});
}

async function fragmented(client) {
  const tkn = await client.newSession();
  const value = 'é€😀'.repeat(50);
  const bytes = Buffer.from(JSON.stringify({KV_SET: {tkn, keys: {k: value}}}));
  // Fragments may end inside a character: only the whole message has to be UTF-8.
  for (let at = 0; at < bytes.length; at += 7) {
    const fin = at + 7 >= bytes.length;
    client.socket.send(bytes.subarray(at, at + 7), {binary: false, fin});
    if (at % 70 === 0) client.socket.ping('inside a message');
  }
  assert.deepEqual(await client.reply('KV_SET'), {tkn, keys: {k: 20}});
  assert.deepEqual((await client.ask('KV_GET', {tkn, keys: ['k']})).keys, {k: value});
}

async function large(client) {
  const tkn = await client.newSession();
  const items = Array.from({length: 4000}, (_, id) => ({id, text: 'x'.repeat(110)}));
  assert.ok(JSON.stringify(items).length > 500_000);
  assert.deepEqual(await client.ask('KV_SET', {tkn, keys: {items}}), {tkn, keys: {items: 20}});
  items[3999].text = 'last';
  assert.deepEqual(await client.ask('KV_UPDATE', {tkn, key: 'items', '/3999/text': 'last'}),
                   {tkn, key: {items: 1}});
  assert.deepEqual((await client.ask('KV_GET', {tkn, keys: ['items']})).keys, {items});
}

async function ping(client) {
  for (const payload of ['', 'are you there', 'x'.repeat(125)]) {
    const pong = once(client.socket, 'pong', {signal: AbortSignal.timeout(waitMs)});
    client.socket.ping(payload);
    assert.equal((await pong)[0].toString(), payload);
  }
  client.socket.pong('nobody asked');
  await client.newSession();
}

async function pipelined(client) {
  const tokens = [await client.newSession(), await client.newSession()];
  for (let rid = 0; rid < 1000; ++rid) {
    client.socket.send(JSON.stringify({KV_SET: {tkn: tokens[rid % 2], rid, keys: {k: rid}}}));
  }
  for (let rid = 0; rid < 1000; ++rid) {
    assert.deepEqual(await client.reply('KV_SET'),
                     {rid, tkn: tokens[rid % 2], keys: {k: rid < 2 ? 20 : 21}});
  }
}

async function faults(client) {
  client.socket.send(Buffer.from([0, 1]));
  assert.equal((await client.next()).ERR.st, 2);
  client.socket.send('{not json');
  assert.equal((await client.next()).ERR.st, 3);
  await client.newSession();
}

async function close(client) {
  const closed = client.closed();
  client.socket.close(1000, 'done');
  assert.equal(await closed, 1000);
}

async function tooBig() {
  const client = await new Client({}).open();
  const closed = client.closed();
  client.socket.send('x'.repeat(1024 * 1024 + 1));
  assert.equal(await closed, 1009);
}

async function post(body, path = '/', type = 'application/json') {
  return fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST', body, headers: {'Content-Type': type}, signal: AbortSignal.timeout(waitMs),
  });
}

async function overHttp() {
  const ask = async (command, parameters) => {
    const response = await post(JSON.stringify({[command]: parameters}));
    assert.equal(response.status, 200);
    return (await response.json())[`${command}_RSP`];
  };
  const {tkn} = await ask('SH_NEW', {name: 'from fetch'});
  assert.deepEqual(await ask('KV_SET', {tkn, keys: {k: [1, 'é']}}), {tkn, keys: {k: 20}});
  assert.deepEqual(await ask('KV_GET', {tkn, keys: ['k']}), {tkn, keys: {k: [1, 'é']}});
  const quiet = await post(JSON.stringify({KV_SETQ: {tkn, keys: {k: 2}}}));
  assert.equal(quiet.status, 204);
  assert.equal(await quiet.text(), '');
  assert.deepEqual(await ask('KV_GET', {tkn, keys: ['k']}), {tkn, keys: {k: 2}});
  const fault = await post('{not json');
  assert.equal(fault.status, 200);
  assert.equal((await fault.json()).ERR.st, 3);
  assert.equal((await post('{}', '/elsewhere')).status, 404);
  assert.equal((await post('{}', '/', 'text/plain')).status, 415);
  const together = Array.from({length: 50}, (_, rid) => ask('KV_COUNT', {tkn, rid}));
  (await Promise.all(together)).forEach((reply, rid) => {
    assert.deepEqual(reply, {st: 1, tkn, rid, cnt: 1});
  });
}

async function run(step, ...rest) {
  try {
    await step(...rest);
  } catch (fault) {
    console.error(`FAIL: npm ws and fetch, step ${step.name}: ${fault.message}`);
    process.exit(1);
  }
}

// Both with the library's compression offered (the server declines it) and without.
for (const perMessageDeflate of [true, false]) {
  const client = await new Client({perMessageDeflate}).open();
  assert.equal(client.socket.extensions, '', 'the server takes no extension');
  for (const step of [setGetUpdate, fragmented, large, ping, pipelined, faults, close]) {
    await run(step, client);
  }
}
await run(tooBig);
await run(overHttp);
console.log("npm's ws and Node's fetch: every step passed");
// fetch keeps its connections open for a while, and the timers of answered requests still run.
process.exit(0);
