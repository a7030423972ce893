import assert from "node:assert/strict";
import { test } from "node:test";
import { assertRefused } from "@stairwell/testing";
import { openStage, unchanged } from "../support/stage.ts";
import { sendText } from "./raw.ts";

const nested = (open: string, close: string, depth: number, core: string): string =>
  open.repeat(depth) + core + close.repeat(depth);

test("EV2 content is nested 32 deep at the most, itself included, in objects, arrays and both", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  const room = await alice.roomWith([]);
  const shapes: ((depth: number) => string)[] = [
    (depth) => nested('{"a":', "}", depth, "1"),
    (depth) => `{"a":${nested("[", "]", depth - 1, "1")}}`,
    (depth) => `{"a":${nested("[", "]", depth - 1, "")}}`,
    (depth) => `{"a":${nested('[{"a":', "}]", 15, nested("[", "]", depth - 31, "1"))}}`,
  ];
  for (const shape of shapes) {
    assert.equal((await sendText(alice, room, `{"content":${shape(32)}}`)).status, 201);
    const refused = await unchanged(server, () => sendText(alice, room, `{"content":${shape(33)}}`));
    assertRefused(refused, 400, "SW_REQUEST_INVALID");
  }
  for (const depth of [1000, 100_000]) {
    assertRefused(await sendText(alice, room, `{"content":${nested("[", "]", depth, "")}}`), 400, "SW_REQUEST_INVALID");
  }
});

test("EV2 numbers are finite, and integers within 2^53 - 1 either way", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  const room = await alice.roomWith([]);
  const taken = [
    "9007199254740991",
    "-9007199254740991",
    "0",
    "-0",
    "1.5",
    "1e3",
    "-1.0",
    "5e-324",
    "0.1",
    "1e-400",
    "9.007199254740991e15",
  ];
  for (const number of taken) {
    const sent = await sendText(alice, room, `{"content":{"n":${number}}}`);
    assert.equal(sent.status, 201, number);
    // Canonical form knows no negative zero.
    assert.equal(sent.data.content.n, Number(number) + 0, number);
  }
  const refused = [
    "9007199254740992",
    "-9007199254740992",
    "9007199254740993",
    "1e16",
    "1e21",
    "1e400",
    "-1e400",
    "1.7976931348623157e308",
    "123456789012345678901234567890",
  ];
  for (const number of refused) {
    for (const content of [`{"n":${number}}`, `{"a":[{"b":[0,${number}]}]}`]) {
      const answer = await unchanged(server, () => sendText(alice, room, `{"content":${content}}`));
      assertRefused(answer, 400, "SW_REQUEST_INVALID");
      const [{ path }] = answer.error.details as [{ path: string }];
      assert.equal(path, content.startsWith('{"n"') ? "/content/n" : "/content/a/0/b/1");
    }
  }
});

test("EV2 lone surrogates, duplicate keys and keys of prototypes are refused, in keys and values, at any depth", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  const room = await alice.roomWith([]);
  const refused = [
    '{"a":"\\ud83e"}',
    '{"a":"\\uddd7\\ud83e"}',
    '{"a":["x",{"b":"x\\ud800x"}]}',
    '{"\\udfff":1}',
    '{"a":1,"a":1}',
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"a":{"b":[{"c":1,"d":2,"c":1}]}}',
    '{"__proto__":{}}',
    '{"a":{"\\u005f_proto__":1}}',
    '{"a":1,}',
    "{'a':1}",
    '{"a":NaN}',
    '{"a":01}',
    '{"a":"\t"}',
    '{"a":1',
  ];
  for (const content of refused) {
    const answer = await unchanged(server, () => sendText(alice, room, `{"content":${content}}`));
    assertRefused(answer, 400, "SW_REQUEST_INVALID");
  }
  assert.equal(
    (await sendText(alice, room, '{"content":{"a":"\\ud83e\\uddd7","\\ud83e\\uddd7":1,"b":{"a":1}}}')).status,
    201,
  );
  const twice = '{"content":{},"content":{}}';
  assertRefused(await unchanged(server, () => sendText(alice, room, twice)), 400, "SW_REQUEST_INVALID");
});

test("EV2 content is an object, free in its keys", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  const room = await alice.roomWith([]);
  for (const content of [
    {},
    { "": "" },
    { constructor: 1, toString: null, length: 3 },
    { msgtype: 5, body: [], event_id: {} },
  ]) {
    const sent = await alice.post(`/v1/rooms/${room}/send`, { content });
    assert.deepEqual([sent.status, sent.data.content], [201, content]);
  }
  await unchanged(server, async () => {
    for (const content of [null, [], "text", 1, true]) {
      assertRefused(await alice.post(`/v1/rooms/${room}/send`, { content }), 400, "SW_REQUEST_INVALID");
    }
    assertRefused(await alice.post(`/v1/rooms/${room}/send`, {}), 400, "SW_REQUEST_INVALID");
    assertRefused(await alice.post(`/v1/rooms/${room}/send`, { content: {}, body: "x" }), 400, "SW_REQUEST_INVALID");
  });
});

test("EV2 a member sends messages and dotted types of their own, and none of the server's", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  const room = await alice.roomWith([]);
  for (const event_type of [
    "swp.room.message",
    "acme.deploy",
    "a.b",
    "x_1.y_2.z_3",
    `a.${"b".repeat(253)}`,
    "swpx.a",
  ]) {
    const sent = await alice.post(`/v1/rooms/${room}/send`, { content: {}, event_type });
    assert.deepEqual([sent.status, sent.data.event_type], [201, event_type]);
  }
  const refused = [
    "swp.room.name",
    "swp.room.member",
    "swp.room.edit",
    "swp.x",
    "acme",
    "Acme.deploy",
    "acme.",
    ".a",
    "a..b",
    "a.b ",
    "a-b.c",
    "",
    `a.${"b".repeat(254)}`,
  ];
  await unchanged(server, async () => {
    for (const event_type of refused) {
      assertRefused(await alice.post(`/v1/rooms/${room}/send`, { content: {}, event_type }), 400, "SW_REQUEST_INVALID");
    }
  });
});
