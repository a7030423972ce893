import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk } from "@stairwell/testing";
import { openStage } from "../support/stage.ts";
import { ask } from "./ask.ts";

const UNKNOWN = "evt-01890a5d-ac96-774b-bcce-b302099a8057";

for (const verb of ["leave", "kick", "ban"] as const) {
  test(`AP2 MB10 an event after one's ${verb} answers as an unknown one, and no list has it`, async (t) => {
    const { server, alice, bob } = await openStage(t, ["alice", "bob"]);
    const room = await alice.roomWith([bob]);
    const before = await alice.say(room, "before");
    if (verb === "leave") assertOk(await bob.post(`/v1/rooms/${room}/leave`));
    else assertOk(await alice.post(`/v1/rooms/${room}/${verb}`, { participant_id: bob.id }));
    const readable = (await alice.history(room)).map(({ id }) => id as string);
    const after = await alice.say(room, "after", { reply_to_event_id: before.id });

    const get = (event: string) => ask(server, "bob", "GET", `/v1/rooms/${room}/events/${event}`);
    const unknown = await get(UNKNOWN);
    assert.equal(unknown.status, 404);
    assert.deepEqual(await get(after.id), unknown);
    assert.equal((await get(readable.at(-1)!)).status, 200, "their own going is the last they read");
    assert.deepEqual(
      (await bob.history(room)).map(({ id }) => id),
      readable,
    );
    const back = assertOk(await bob.get(`/v1/rooms/${room}/messages?from=1000`));
    assert.deepEqual(
      back.data.map(({ id }: { id: string }) => id),
      readable.toReversed(),
    );
    assert.equal(assertOk(await bob.get(`/v1/rooms/${room}/events/${before.id}`)).data.reply_count, 0);
    assert.equal(assertOk(await alice.get(`/v1/rooms/${room}/events/${before.id}`)).data.reply_count, 1);
  });
}
