import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "@stairwell/protocol";
import { verify } from "../../src/verify/index.ts";
import { EvilRoom, results } from "./evil-room.ts";
import { ANN, one, replicaStage, trapped } from "./evil-stage.ts";
import { headAt } from "./settle.ts";

test("FIN-29 FIN-28 FIN-47 what would harm readers is refused, and all readers and verify stay well", async (t) => {
  const all = await replicaStage(t);
  const { home, evil, ann } = all;
  const room = await trapped(all);
  const type = "swp.room.message";
  const member = (more: object) => ({
    type: "swp.room.member",
    content: { participant: "@eve:evil.localhost", membership: "join", ...more },
  });
  const poison: [string, Parameters<EvilRoom["next"]>[0]][] = [
    ["a time in the year 287396", { type, envelope: { hub_ts: Number.MAX_SAFE_INTEGER } }],
    ["an origin in the year 12000", { type, envelope: { origin_ts: 316_516_000_000_000 } }],
    ["64 KiB and more", { type, content: { body: "x".repeat(66_000) } }],
    ["a nest of 33", { type, content: JSON.parse('{"a":'.repeat(33) + "1" + "}".repeat(33)) as object }],
    ["an id of 256", { type, envelope: { id: "e".repeat(256) } }],
    ["an id with a slash", { type, envelope: { id: "a/b" } }],
    ["an id that is a prototype's key", { type, envelope: { id: "__proto__" } }],
    ["a type with a line end", { type: "a.b\r\nc" }],
    ["a type of the platform", { type: "__proto__" }],
    ["mentions that are no list", { type, content: { mentions: { a: 1 } } }],
    ["mentions of objects", { type, content: { mentions: [{}] } }],
    [
      "a thousand mentions",
      { type, content: { mentions: Array.from({ length: 1000 }, (_, i) => `@u${i}:evil.localhost`) } },
    ],
    ["a reply to an object", { type, content: { reply_to_event_id: {} } }],
    ["a medium that is a text", { type, content: { media_id: "med-1" } }],
    ["an edit of nothing", { type: "swp.room.edit", content: {} }],
    ["an edit with a text", { type: "swp.room.edit", content: { event_id: "e", content: "x" } }],
    [
      "a reaction of a page",
      { type: "swp.room.reaction", content: { event_id: "e", emoji: "x".repeat(1000), action: "add" } },
    ],
    [
      "a reaction that does what it likes",
      { type: "swp.room.reaction", content: { event_id: "e", emoji: "👍", action: "toggle" } },
    ],
    ["a redaction of an object", { type: "swp.room.redaction", content: { event_id: {} } }],
    ["a membership of its own", member({ membership: "owner" })],
    ["a member who is a number", member({ participant: 5 })],
    ["a ban until whenever", member({ membership: "ban", expires_at: "whenever" })],
    ["a ban until the year 275760", member({ membership: "ban", expires_at: "+275760-09-13T00:00:00.000Z" })],
    ["an invite by an object", member({ membership: "invite", invited_by: {} })],
    ["a cause that is a text of its own", member({ cause: "<b>" })],
    ["a power of 1e9", { type: "swp.room.power", content: { participant: ANN, power_level: 1e9 } }],
    ["a power that is no number", { type: "swp.room.power", content: { participant: ANN, power_level: "100" } }],
    ["a name that is a list", { type: "swp.room.name", content: { name: ["a"] } }],
    ["a name that is nothing to see", { type: "swp.room.name", content: { name: "\u200b" } }],
    ["a topic with controls", { type: "swp.room.topic", content: { topic: "a\u0007" } }],
    ["a life of its own", { type: "swp.room.state", content: { state: "undead" } }],
    ["a sharing that is a text", { type: "swp.room.federation", content: { enabled: "no" } }],
  ];
  const before = await headAt(home, room.id);
  for (const [what, draft] of poison) {
    const event = room.next(draft);
    const { status } = await one(all, { type: "event", event, head: room.head(event) });
    assert.equal(status, "refused", what);
  }
  assert.equal(await headAt(home, room.id), before);
  // What may be said and looks bad is told as it came.
  const odd: JsonObject[] = [
    { body: "\u202e\u0000\u{1F468}\u200d\u{1F469}", constructor: "c", toString: [] },
    { body: "e\u0301" },
    { body: "\u00e9" },
    { msgtype: 5, body: { not: "a text" }, prototype: null, hasOwnProperty: 1 },
  ];
  for (const content of odd) room.append({ type, content });
  room.append({ type: "swp.room.unheard_of", content: { anything: 1 } });
  room.append({ type: "com.example.poll", content: {} });
  room.append({ type, content: { body: "at the end of time" }, envelope: { origin_ts: 253_402_300_799_999 } });
  const fresh = room.events.slice(-7);
  for (const { status } of await results(evil, home, room.deliver(fresh))) assert.equal(status, "confirmed");
  for (const path of [
    `/v1/rooms/${room.id}`,
    `/v1/rooms/${room.id}/messages?limit=200`,
    `/v1/rooms/${room.id}/members`,
    ...fresh.map(({ envelope }) => `/v1/rooms/${room.id}/events/${envelope.id}`),
    "/v1/me/rooms",
    "/v1/rooms",
  ]) {
    const answer = await ann.get(path);
    assert.ok(answer.status < 500, `${path}: ${answer.status} ${JSON.stringify(answer.error)}`);
  }
  const seen = (await ann.history(room.id)).filter(({ event_type }) => event_type === type);
  assert.deepEqual(
    seen.slice(0, 4).map(({ content }) => content),
    odd,
  );
  assert.deepEqual((await verify(home.server.db)).findings, []);
});
