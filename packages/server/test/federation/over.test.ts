import assert from "node:assert/strict";
import { test } from "node:test";
import { verify } from "@stairwell/server/testing";
import { assertRefused } from "@stairwell/testing";
import { results } from "./evil-room.ts";
import { ANN, one, replicaStage, trapped } from "./evil-stage.ts";
import { headAt, sound } from "./settle.ts";

test("FD10 a hub that begins anew what it has ended is told that it is over, and nothing of it is taken", async (t) => {
  const all = await replicaStage(t);
  const { home, ann } = all;
  const room = await trapped(all);
  const said = room.message("while it was shared");
  const end = room.append({ type: "swp.room.federation", content: { enabled: false } });
  const last = { status: "confirmed", position: end.envelope.position };
  assert.deepEqual(await one(all, room.deliver([said])[0]), { ...last, position: said.envelope.position });
  assert.deepEqual(await one(all, room.deliver([end])[0]), last);
  // What is told again is known; what comes after it is not taken, by whatever way.
  assert.deepEqual(await one(all, room.deliver([end])[0]), last);
  const again = room.append({ type: "swp.room.federation", content: { enabled: true } });
  assert.equal((await one(all, room.deliver([again])[0])).error?.code, "SW_ROOM_FROZEN");
  assert.equal((await one(all, room.deliver([room.message("with a gap before it")])[0])).error?.code, "SW_ROOM_FROZEN");
  assert.equal((await one(all, room.invite(ANN))).error?.code, "SW_ROOM_FROZEN");
  assert.equal(await headAt(home, room.id), end.hash);
  const refused = await ann.post(`/v1/rooms/${room.id}/send`, { content: { body: "no" } });
  assertRefused(refused, 409, "SW_ROOM_FROZEN");
  const bodies = (await ann.history(room.id)).map(({ content }) => content?.body);
  assert.ok(bodies.includes("while it was shared"));
  await sound(home);
});

test("FD10 EV4 a replica whose log ends before the redaction of what came to it is sound, and one whose contents are lost is not", async (t) => {
  const all = await replicaStage(t);
  const { home, ann } = all;
  const room = await trapped(all);
  assert.equal((await one(all, room.deliver([room.message("stays")])[0])).status, "confirmed");
  // Redacted at its hub by now: the redaction stands beyond the end.
  const { content: _, salt: _s, ...redacted } = room.message("to be redacted");
  const end = room.append({ type: "swp.room.federation", content: { enabled: false } });
  const told = await results(all.evil, home, room.deliver([redacted, end]));
  assert.deepEqual(told.at(-1), { status: "confirmed", position: end.envelope.position });
  const said = (await ann.history(room.id)).filter(({ event_type }) => event_type === "swp.room.message");
  assert.deepEqual(
    said.map(({ content }) => content?.body ?? null),
    ["stays", null],
  );
  await sound(home);
  await home.server.db.write("deployment", async (tx) => {
    await tx.run("UPDATE events SET content = NULL, salt = NULL WHERE content LIKE '%stays%'");
  });
  const problems = (await verify(home.server.db)).findings.map(({ problem }) => problem);
  assert.ok(problems.includes("1 contents are gone, and no redaction took them"), problems.join());
});
