import assert from "node:assert/strict";
import { test } from "node:test";
import { assertRefused } from "@stairwell/testing";
import { openStage, unchanged } from "../support/stage.ts";
import { ask } from "./ask.ts";

test("AP2 a content that its mentions make too large is not measured where the room is hidden", async (t) => {
  const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
  const named = await server.person("n".repeat(64)).signIn();
  const content = { body: "", mentions: [named.id] };
  // As sent it has the full size; on record the id is a longer FQID.
  content.body = "x".repeat(64 * 1024 - JSON.stringify(content).length);
  const own = await bob.roomWith([]);
  const hidden = await alice.roomWith([]);
  await unchanged(server, async () => {
    assertRefused(await bob.post(`/v1/rooms/${own}/send`, { content }), 413, "SW_CONTENT_TOO_LARGE");
    const send = (room: string) => ask(server, "bob", "POST", `/v1/rooms/${room}/send`, { content });
    const unknown = await send("room-01890a5d-ac96-774b-bcce-b302099a8057");
    assert.equal(unknown.status, 404);
    assert.deepEqual(await send(hidden), unknown);
  });
});
