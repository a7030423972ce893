import assert from "node:assert/strict";
import { test } from "node:test";
import { assertRefused } from "@stairwell/testing";
import { openStage, unchanged } from "../support/stage.ts";
import { sendText } from "./raw.ts";

const LIMIT = 64 * 1024;
/** `{"body":""}` */
const FRAME = 11;

/** Characters by the bytes that each takes in canonical form, and how they may be spelled on the way there. */
const CHARACTERS: [what: string, character: string, bytes: number, spelled: string][] = [
  ["ASCII", "a", 1, "a"],
  ["ASCII spelled as escapes", "a", 1, "\\u0061"],
  ["two bytes", "\u00e9", 2, "\u00e9"],
  ["two bytes spelled as escapes", "\u00e9", 2, "\\u00e9"],
  ["three bytes", "\u6f22", 3, "\u6f22"],
  ["three bytes, a line separator", "\u2028", 3, "\u2028"],
  ["four bytes", "\u{1f9d7}", 4, "\u{1f9d7}"],
  ["four bytes spelled as escapes", "\u{1f9d7}", 4, "\\ud83e\\uddd7"],
  ["a quote, which is escaped", '"', 2, '\\"'],
  ["a backslash, which is escaped", "\\", 2, "\\\\"],
  ["a slash, which is not", "/", 1, "\\/"],
  ["a line feed, which has a short escape", "\n", 2, "\\n"],
  ["a control, which has a long escape", "\u0001", 6, "\\u0001"],
  ["delete, which is not escaped", "\u007f", 1, "\\u007f"],
];

for (const [what, character, bytes, spelled] of CHARACTERS) {
  test(`EV2 a content of exactly 64 KiB in canonical form is taken, one byte more is 413: ${what}`, async (t) => {
    const { server, alice } = await openStage(t, ["alice"]);
    const room = await alice.roomWith([]);
    const room64 = LIMIT - FRAME;
    const count = Math.floor(room64 / bytes);
    const rest = room64 - count * bytes;
    const body = (more: string) => `{"content":{"body":"${spelled.repeat(count)}${"r".repeat(rest)}${more}"}}`;
    const sent = await sendText(alice, room, body(""));
    assert.equal(sent.status, 201);
    assert.equal(sent.data.content.body, character.repeat(count) + "r".repeat(rest));
    assert.deepEqual((await alice.history(room)).at(-1).content, sent.data.content);
    const refused = await unchanged(server, () => sendText(alice, room, body("r")));
    assertRefused(refused, 413, "SW_CONTENT_TOO_LARGE");
    assert.deepEqual(refused.error.details, { limit: LIMIT });
  });
}

test("EV2 it is the canonical form that counts: spaces, long numbers and unordered keys do not", async (t) => {
  const { alice } = await openStage(t, ["alice"]);
  const room = await alice.roomWith([]);
  const keys = Array.from({ length: 6000 }, (_, i) => `k${i}`);
  const canonical = keys.map((key) => `"${key}":10`).join(",").length + 2;
  const filler = LIMIT - canonical - '"z":"",'.length;
  const text = keys
    .toReversed()
    .map((key) => ` "${key}" :\t1.0e+1`)
    .join(" ,\n");
  const sent = await sendText(alice, room, `{ "content" : { "z" : "${"x".repeat(filler)}" , ${text} } }`);
  assert.equal(sent.status, 201);
  assert.equal(sent.data.content.k5999, 10);
  const more = await sendText(alice, room, `{"content":{"z":"${"x".repeat(filler + 1)}",${text}}}`);
  assertRefused(more, 413, "SW_CONTENT_TOO_LARGE");
});

test("EV2 custom events have the same limit, and mentions count as they are on record", async (t) => {
  const { server, alice } = await openStage(t, ["alice"]);
  const named = await server.person("n".repeat(64)).signIn();
  const room = await alice.roomWith([]);
  const send = (content: object, event_type: string) => alice.post(`/v1/rooms/${room}/send`, { content, event_type });
  const fill = (content: { body: string }): object => ({
    ...content,
    body: "x".repeat(LIMIT - JSON.stringify(content).length),
  });
  assert.equal((await send(fill({ body: "" }), "acme.deploy")).status, 201);
  assertRefused(await send({ ...fill({ body: "" }), a: 1 }, "acme.deploy"), 413, "SW_CONTENT_TOO_LARGE");
  const byId = { body: "", mentions: [named.id] };
  const byFqid = { body: "", mentions: [named.me.fqid as string] };
  assert.equal((await send(fill(byId), "acme.deploy")).status, 201);
  assertRefused(await send(fill(byId), "swp.room.message"), 413, "SW_CONTENT_TOO_LARGE");
  assert.equal((await send(fill(byFqid), "swp.room.message")).status, 201);
});
