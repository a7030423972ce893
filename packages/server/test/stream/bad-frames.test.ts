import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { LIMITS } from "@stairwell/protocol";
import { CLOSE, STREAM } from "@stairwell/protocol/stream";
import { assertOk, freshSeed, Person, Random, rounds, StreamClient, TestServer } from "@stairwell/testing";
import { bystanding } from "./bystanding.ts";
import { frame, OPCODE, RawStream, upgrade } from "./raw.ts";
import { until } from "../nodes/until.ts";

const { text, binary, continuation, ping, pong, close } = OPCODE;
const PING = frame(text, '{"type":"ping"}');

const ENDINGS: Record<string, [code: number, ...bytes: Buffer[]]> = {
  "a frame that is too long, by its header": [
    CLOSE.tooBig,
    frame(text, "x".repeat(STREAM.frameBytes + 1)).subarray(0, 14),
  ],
  "pieces that are too long together": [
    CLOSE.tooBig,
    frame(text, "x".repeat(STREAM.frameBytes - 10), { fin: false }),
    frame(continuation, "x".repeat(11)),
  ],
  "too many pieces": [
    CLOSE.badFrame,
    frame(text, "x", { fin: false }),
    ...Array(64).fill(frame(continuation, "", { fin: false })),
  ],
  "a text that is not UTF-8": [CLOSE.notText, frame(text, Buffer.from([0x7b, 0xff, 0xfe]))],
  "a text that ends in the middle of a character": [CLOSE.notText, frame(text, Buffer.from("é").subarray(0, 1))],
  "binary JSON": [CLOSE.badFrame, frame(binary, '{"type":"ping"}')],
  "an unmasked frame": [CLOSE.notWebSocket, frame(text, '{"type":"ping"}', { mask: false })],
  "a compressed frame": [CLOSE.notWebSocket, frame(text, "x", { rsv: 4 })],
  "a reserved bit": [CLOSE.notWebSocket, frame(text, "x", { rsv: 1 })],
  "a continuation of nothing": [CLOSE.notWebSocket, frame(continuation, "x")],
  "a text within a text": [CLOSE.notWebSocket, frame(text, "x", { fin: false }), frame(text, "x")],
  "a ping in pieces": [CLOSE.notWebSocket, frame(ping, "x", { fin: false })],
  "a ping that is too long": [CLOSE.notWebSocket, frame(ping, "x".repeat(126))],
  "a frame of a length that no number has": [
    CLOSE.tooBig,
    Buffer.concat([Buffer.from([0x81, 0xff]), Buffer.alloc(8, 0xff), Buffer.alloc(4)]),
  ],
  "a text whose pieces together are not UTF-8": [
    CLOSE.notText,
    frame(text, Buffer.from("é").subarray(0, 1), { fin: false }),
    frame(continuation, "e"),
  ],
  "a close of one byte": [CLOSE.notWebSocket, frame(close, "x")],
  "a close whose reason is not UTF-8": [CLOSE.notText, frame(close, Buffer.from([3, 232, 0xff]))],
  "a close with a code that is none": [CLOSE.notWebSocket, frame(close, Buffer.from([0, 1]))],
};
for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
  ENDINGS[`opcode ${opcode}`] = [CLOSE.notWebSocket, frame(opcode, "x")];
const NO_FRAMES = [
  "",
  " ",
  "ping",
  "null",
  "7",
  '"ping"',
  "[]",
  "{}",
  '{"type":7}',
  '{"type":"pong"}',
  '{"type":"hello"}',
];
NO_FRAMES.push(
  '{"type":"ping"',
  '{"type":"ping"}{}',
  '{"type":"__proto__"}',
  '{"type":"constructor"}',
  "[".repeat(100_000),
);
for (const words of NO_FRAMES) ENDINGS[`the text ${words.slice(0, 30)}`] = [CLOSE.badFrame, frame(text, words)];

test("ST7 what is no frame of the protocol ends its stream with the code for it, and no other stream", async (t) => {
  const { rude, goesOn } = await bystanding(t);
  for (const [what, [code, ...bytes]] of Object.entries(ENDINGS)) {
    const stream = await rude();
    stream.write(...bytes, PING, PING);
    assert.equal(await stream.closeCode(), code, what);
    assert.doesNotMatch(stream.bytes.toString(), /"pong"/, `${what}: what came after it was heard`);
  }
  await goesOn();
});

test("ST7 a flood of frames, of pings or of pongs ends its stream with 1008, and no other", async (t) => {
  const { rude, goesOn } = await bystanding(t);
  for (const one of [PING, frame(ping, ""), frame(pong, "")]) {
    const stream = await rude();
    stream.write(Buffer.concat(Array(20_000).fill(one)));
    assert.equal(await stream.closeCode(), CLOSE.badFrame);
    await goesOn();
  }
});

test("ST6 the largest content that can be sent goes through, in pieces too", async (t) => {
  const { room, rude } = await bystanding(t);
  const body = "\\u0001".repeat(LIMITS.contentBytes / 6 - 3);
  const send = `{"type":"send","ref":"r","room_id":"${room}","content":{"body":"${body}"}}`;
  for (const bytes of [
    [frame(text, send)],
    [frame(text, send.slice(0, 999), { fin: false }), frame(continuation, send.slice(999))],
  ]) {
    const stream = await rude();
    stream.write(...bytes);
    await stream.until('{"type":"ack","ref":"r"');
    stream.socket.destroy();
  }
});

test("ST6 a character may be cut by the end of a piece, and a ping may come between two pieces", async (t) => {
  const { room, rude, goesOn } = await bystanding(t);
  const send = Buffer.from(`{"type":"send","ref":"r","room_id":"${room}","content":{"body":"é"}}`);
  const cut = send.indexOf("é") + 1;
  const stream = await rude();
  stream.write(frame(text, send.subarray(0, cut), { fin: false }), frame(ping, "between"));
  // Whoever never ends a message is not heard, and holds up nobody.
  await stream.until("between");
  await goesOn();
  stream.write(frame(continuation, send.subarray(cut)));
  await stream.until('{"type":"ack","ref":"r"');
  await stream.until('"body":"é"');
});

test("ST7 compression is not agreed to", async (t) => {
  const { server, rude } = await bystanding(t);
  const stream = await rude();
  assert.doesNotMatch(stream.bytes.toString("latin1"), /sec-websocket-extensions/i);
  const offering = await RawStream.connect(t, server.url);
  const offer = "permessage-deflate; client_max_window_bits, constructor; __proto__=1";
  offering.write(upgrade(server.url, { Authorization: "Bearer dev-alice", "Sec-WebSocket-Extensions": offer }));
  await offering.until('"hello"');
  assert.doesNotMatch(offering.bytes.toString("latin1"), /sec-websocket-extensions/i);
});

test("connections that break in the middle of anything leave nothing behind", async (t) => {
  const { rude, goesOn, room } = await bystanding(t);
  const random = new Random(freshSeed());
  const open = (): number => readdirSync("/proc/self/fd").length;
  await goesOn();
  const before = open();
  const send = frame(text, `{"type":"send","ref":"r","room_id":"${room}","content":{"body":"${"x".repeat(5000)}"}}`);
  for (let round = 0; round < rounds(300); round++) {
    const stream = await rude();
    stream.write(send.subarray(0, random.int(0, send.length)));
    if (random.chance(0.5)) stream.socket.resetAndDestroy();
    else stream.socket.destroy();
    await stream.ended;
  }
  await goesOn();
  // The server sees the end of the last ones a moment later.
  await until(() => open() <= before + 2);
});

test("ST6 random bytes in place of frames never end the server", async (t) => {
  const { rude, goesOn } = await bystanding(t);
  const seed = freshSeed();
  t.diagnostic(`seed ${seed}`);
  const random = new Random(seed);
  for (let round = 0; round < rounds(500); round++) {
    const stream = await rude();
    const bytes = Buffer.from(Array.from({ length: random.int(1, 300) }, () => random.int(0, 255)));
    stream.write(random.chance(0.5) ? bytes : frame(random.int(0, 15), bytes, { fin: random.chance(0.8) }));
    stream.socket.end();
    await stream.ended;
  }
  await goesOn();
});

test("ST6 a known frame that is not right is answered with its fault, and the stream goes on", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([]);
  const hidden = await bob.roomWith([]);
  const stream = await StreamClient.open(t, alice);
  const send = { type: "send", room_id: room, content: {} };
  const faults: [frame: string | object, code: string, ref?: string][] = [
    [{ type: "send" }, "SW_REQUEST_INVALID"],
    [{ ...send, ref: "" }, "SW_REQUEST_INVALID", ""],
    [{ ...send, ref: 7 }, "SW_REQUEST_INVALID"],
    [{ ...send, ref: "r", more: 1 }, "SW_REQUEST_INVALID", "r"],
    [{ ...send, ref: "r", content: [] }, "SW_REQUEST_INVALID", "r"],
    [{ ...send, ref: "r", event_type: "swp.room.member" }, "SW_REQUEST_INVALID", "r"],
    [{ ...send, ref: "r", event_type: "hello" }, "SW_REQUEST_INVALID", "r"],
    [{ ...send, ref: "r", event_uuid: "a b" }, "SW_REQUEST_INVALID", "r"],
    [{ ...send, ref: "r", content: { mentions: "all" } }, "SW_REQUEST_INVALID", "r"],
    [{ ...send, ref: "r", content: { body: "x".repeat(LIMITS.contentBytes) } }, "SW_CONTENT_TOO_LARGE", "r"],
    ['{"type":"send","ref":"r","ref":"r","room_id":"x","content":{}}', "SW_REQUEST_INVALID", "r"],
    ['{"type":"send","ref":"r","room_id":"x","content":{"body":"\\ud800"}}', "SW_REQUEST_INVALID", "r"],
    [
      `{"type":"send","ref":"r","room_id":"x","content":${'{"a":'.repeat(40)}1${"}".repeat(40)}}`,
      "SW_REQUEST_INVALID",
      "r",
    ],
    [
      `{"type":"send","ref":"r","room_id":"x","content":{"a":${"[".repeat(9999)}${"]".repeat(9999)}}}`,
      "SW_REQUEST_INVALID",
      "r",
    ],
    [{ ...send, ref: "r", room_id: hidden }, "SW_ROOM_NOT_FOUND", "r"],
    [{ ...send, ref: "r", room_id: "room-unknown" }, "SW_ROOM_NOT_FOUND", "r"],
    [{ type: "read", ref: "r", room_id: room, event_id: "evt-unknown" }, "SW_EVENT_NOT_FOUND", "r"],
    [{ type: "read", room_id: hidden, event_id: "evt-unknown" }, "SW_ROOM_NOT_FOUND"],
    [{ type: "typing", room_id: hidden, typing: true }, "SW_ROOM_NOT_FOUND"],
    [{ type: "typing", room_id: room, typing: "yes" }, "SW_REQUEST_INVALID"],
    [{ type: "presence", status: "offline" }, "SW_REQUEST_INVALID"],
    [{ type: "ping", ref: "r" }, "SW_REQUEST_INVALID", "r"],
  ];
  for (const [said, code, ref] of faults) {
    const words = typeof said === "string" ? said : JSON.stringify(said);
    const answered = new Promise<string>((resolve) =>
      stream.socket.once("message", (data) => resolve((data as Buffer).toString())),
    );
    stream.socket.send(words);
    const answer = JSON.parse(await answered);
    assert.deepEqual([answer.type, answer.error.code, answer.ref], ["error", code, ref], words.slice(0, 100));
    assert.equal(answer.error.request_id, stream.hello.session_id);
  }
  assert.equal((await stream.ask(send)).type, "ack");
  const unknown = await stream.ask({ ...send, room_id: "room-unknown" });
  const invisible = await stream.ask({ ...send, room_id: hidden });
  assert.deepEqual(unknown.error, invisible.error);
});

test("ST6 AU2 a credential that may only read says nothing, and may ping", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const room = await alice.roomWith([]);
  const { token } = assertOk(await alice.post("/v1/me/tokens", { name: "reader", scopes: ["read"] })).data;
  const reader = await StreamClient.open(t, new Person(server.url, "reader", token));
  const refused = await reader.ask({ type: "send", room_id: room, content: {} });
  assert.deepEqual([refused.error.code, refused.error.rule], ["SW_AUTH_INSUFFICIENT_PERMISSION", "AU2"]);
  for (const frame of [
    { type: "typing", room_id: room, typing: true },
    { type: "presence", status: "away" },
  ]) {
    reader.say(frame);
    assert.equal((await reader.find("error")).error.code, "SW_AUTH_INSUFFICIENT_PERMISSION");
  }
  await reader.settled();
});
