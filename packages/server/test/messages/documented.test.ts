import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assertOk, assertRefused, TestServer } from "@stairwell/testing";

const PAGE = readFileSync(join(import.meta.dirname, "../../../../docs/messages.md"), "utf8");

test("EV2 EV6 what docs/messages.md sends is taken, and what it says is refused is refused", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const post = (body: object) => bob.post(`/v1/rooms/${room}/send`, body);
  const examples = [/-d '(\{.*\})'/, /^(\{"event_type": .*\})$/m].map(
    (form) => JSON.parse(form.exec(PAGE)![1]!) as object,
  );
  for (const example of examples) assertOk(await post(example));
  assertOk(await post(examples[0]!));
  assertRefused(await post({ ...examples[0], content: { body: "other" } }), 409, "SW_IDEMPOTENCY_CONFLICT", "EV1");

  for (const [, name, answer] of PAGE.matchAll(/^\| `([\w.-]+)` +\| (yes|no, 400) *\|$/gm)) {
    const sent = await post({ event_type: name, content: { mentions: [], body: name } });
    assert.equal(sent.status, answer === "yes" ? 201 : 400, name);
  }
  const refused: [object, number, string][] = [
    [{ mentions: ["prt-nobody"] }, 404, "SW_PARTICIPANT_NOT_FOUND"],
    [{ reply_to_event_id: "evt-nobody" }, 404, "SW_EVENT_NOT_FOUND"],
    [{ mentions: "bob" }, 400, "SW_REQUEST_INVALID"],
    [{ mentions: Array.from({ length: 101 }, () => "@room") }, 400, "SW_REQUEST_INVALID"],
    [{ body: "x".repeat(64 * 1024) }, 413, "SW_CONTENT_TOO_LARGE"],
  ];
  for (const [content, status, code] of refused) assertRefused(await post({ content }), status, code);
  const kept = assertOk(await post({ content: { mentions: ["@room", "@eve:elsewhere.example", "@room"] } })).data;
  assert.deepEqual(kept.content.mentions, ["@room", "@eve:elsewhere.example"]);
  // In a custom event nothing is read.
  assertOk(await post({ event_type: "acme.deploy", content: { mentions: "bob", reply_to_event_id: 7 } }));
});
