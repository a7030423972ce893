import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamClient } from "@stairwell/testing";
import { BOB, idOf, pair, shared } from "./pair.ts";

test("FD15 who is typing is seen on both servers of a room, and nobody is who is not in it", async (t) => {
  const all = await pair(t);
  const { a, b, ann, bob } = all;
  const room = await shared(all);
  const [here, there] = [await StreamClient.open(t, ann), await StreamClient.open(t, bob)];
  there.say({ type: "typing", room_id: room, typing: true });
  const seen = await here.find("typing");
  assert.deepEqual([seen["room_id"], seen["participant_id"], seen["typing"]], [room, await idOf(ann, room, BOB), true]);
  here.say({ type: "typing", room_id: room, typing: true });
  const back = await there.find("typing");
  assert.deepEqual([back["participant_id"], back["typing"]], [await idOf(bob, room, "@ann:a.localhost"), true]);

  const told = (participant: string, body: object) =>
    b.server.askPeer("b", a.name, {
      method: "POST",
      target: "/send",
      body: Buffer.from(JSON.stringify({ items: [{ type: "typing", room_id: room, participant, ...body }] })),
    });
  here.takeAll();
  for (const participant of ["@carl:b.localhost", "@ann:a.localhost"]) await told(participant, { typing: true });
  await told(BOB, { typing: false });
  const next = await here.find("typing");
  assert.deepEqual([next["participant_id"], next["typing"]], [seen["participant_id"], false]);
});
