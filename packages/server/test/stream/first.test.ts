import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamClient, TestServer } from "@stairwell/testing";

test("try", async (t) => {
  const server = await TestServer.start(t);
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const stream = await StreamClient.open(t, bob);
  console.log(stream.frames);
  await alice.say(room, "hi");
  console.log(await stream.until("swp.room.message"));
  console.log(await stream.ask({ type: "send", room_id: room, content: { body: "x" } }));
  await stream.settled();
  console.log(stream.rest);
  assert.ok(1);
});
