import assert from "node:assert/strict";
import { test } from "node:test";
import { canonical, contentHashText, envelopeText, type Fqid, headText } from "@stairwell/protocol";
import type { SignedHead, WireEvent } from "@stairwell/protocol/federation";
import { assertOk, assertRefused, TestClock } from "@stairwell/testing";
import { markRestored } from "../../src/peers/index.ts";
import { signWith } from "../../src/tenants/signing-key.ts";
import { answering, post, propose, sha256 } from "./evil-room.ts";
import { hubStage, said } from "./evil-stage.ts";
import { pair, say, shared } from "./pair.ts";
import { headAt, until } from "./settle.ts";

test("FD17 an administrator goes on without a server that does not come back, on record", async (t) => {
  const all = await pair(t);
  const { a, b, admin, ann } = all;
  const room = await shared(all);
  await b.server.stop();
  await a.server.db.write("deployment", markRestored);
  assertRefused(await ann.put(`/v1/rooms/${room}/name`, { name: "No" }), 503, "SW_UNAVAILABLE", "FD17");
  assertRefused(await admin.put(`/v1/admin/rooms/${room}/federate`, { enabled: false }), 503, "SW_UNAVAILABLE");
  const nobody = assertOk(await admin.post("/v1/admin/federation/recovery", { without: "c.localhost" }));
  assert.deepEqual(nobody.data, { rooms: 0 });
  assert.deepEqual(assertOk(await admin.post("/v1/admin/federation/recovery", { without: b.name })).data, { rooms: 1 });
  await say(ann, room, "on we go");
  const audit = assertOk(await admin.get("/v1/admin/audit")).data as { action: string }[];
  assert.equal(audit.filter(({ action }) => action === "federation.go_on").length, 1);
});

test("FD17 FIN-46 a server that says what no head of ours covers gives a restored hub nothing", async (t) => {
  const clock = new TestClock(Date.now());
  const { home, evil, ann, admin, room } = await hubStage(t, { clock });
  const answer = await post(evil, home, [propose(evil, room, said("true"))]);
  const [told] = (answer.body.data as { results: { event: WireEvent; head: SignedHead }[] }).results;
  const { event: last, head: signed } = told!;
  const before = await headAt(home, room);
  assert.equal(before, signed.hash);
  const next = (bend: Partial<WireEvent["envelope"]>): WireEvent => {
    const salt = "A".repeat(22);
    const content = { body: "never said" };
    const envelope = {
      ...last.envelope,
      id: "evt-never" as WireEvent["envelope"]["id"],
      sender: "@ann:home.localhost" as Fqid,
      acted_by: null,
      content_hash: sha256(contentHashText(canonical(content), salt)),
      position: last.envelope.position + 1,
      prev_hash: last.hash,
      ...bend,
    };
    return { envelope, hash: sha256(envelopeText(envelope)), signatures: [], content, salt };
  };
  const event = next({});
  const at = { room_id: last.envelope.room_id, position: event.envelope.position, hash: event.hash };
  const byEvil = { ...at, key_id: evil.key.keyId, signature: signWith(evil.key, headText(at)) };
  const lies: { events: WireEvent[]; head: SignedHead | null }[] = [
    { events: [event], head: null },
    { events: [event], head: byEvil },
    { events: [event], head: { ...byEvil, key_id: signed.key_id } },
    { events: [event], head: { ...signed, ...at } },
    { events: [event], head: signed },
    { events: [last, event], head: signed },
    { events: [next({ prev_hash: "0".repeat(64) })], head: byEvil },
  ];
  await home.server.db.write("deployment", markRestored);
  for (const [i, lie] of lies.entries()) {
    let asked = 0;
    answering(
      evil,
      () => ({ results: [] }),
      () => (asked++, lie),
    );
    clock.advance(31_000);
    await until(async () => (asked > 0 ? true : undefined), `question ${i}`);
    await until(async () => {
      const waiting = assertOk(await admin.get("/v1/admin/federation/recovery")).data as {
        last_error: string | null;
      }[];
      return waiting[0]?.last_error == null ? undefined : true;
    }, "what was wrong");
    const refused = await ann.post(`/v1/rooms/${room}/send`, { content: { body: "no" } });
    assertRefused(refused, 503, "SW_UNAVAILABLE", "FD17");
    assert.equal(await headAt(home, room), before, `lie ${i}`);
  }
  answering(evil, () => ({ results: [] }));
  clock.advance(31_000);
  await until(async () => {
    const answer = await ann.post(`/v1/rooms/${room}/send`, { content: { body: "and on" } });
    return answer.status === 201 ? true : undefined;
  }, "the end of the recovery");
});
