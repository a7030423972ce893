import assert from "node:assert/strict";
import { test } from "node:test";
import { verify } from "@stairwell/server/testing";
import { assertOk, assertRefused, ChildServer, type Person } from "@stairwell/testing";
import { heldToSchemas } from "../support/schemas.ts";

const once = (who: Person, room: string, body: string) =>
  who.post(`/v1/rooms/${room}/send`, { content: { body, mentions: ["@room"] }, event_uuid: "for-ever" });

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  test(`EV1 AP7 after ${signal} and a new start a repeat is the same event, and a cursor goes on where it was`, async (t) => {
    const server = await ChildServer.start(t);
    const [alice, bob] = (await server.people("alice", "bob")).map(heldToSchemas) as [Person, Person];
    const room = await alice.roomWith([bob]);
    const first = assertOk(await once(alice, room, "once")).data;
    const history = await alice.history(room);
    const { meta } = assertOk(await alice.get(`/v1/rooms/${room}/members?limit=1`));

    await server.kill(signal);
    await server.startAgain();

    const again = heldToSchemas(server.person("alice"));
    const repeated = await once(again, room, "once");
    assert.deepEqual([repeated.status, repeated.data], [201, first]);
    assertRefused(await once(again, room, "other"), 409, "SW_IDEMPOTENCY_CONFLICT", "EV1");
    assert.deepEqual(await again.history(room), history);
    const rest = assertOk(await again.get(`/v1/rooms/${room}/members?limit=1&cursor=${String(meta.next_cursor)}`));
    assert.deepEqual(
      rest.data.map(({ participant_id }: { participant_id: string }) => participant_id),
      [bob.id],
    );
    const next = assertOk(await again.post(`/v1/rooms/${room}/send`, { content: {} })).data;
    assert.equal(next.stream_position, first.stream_position + 1);
    const unread = assertOk(await server.person("bob").get(`/v1/rooms/${room}`)).data.me;
    assert.deepEqual([unread.unread_count, unread.mention_count], [2, 1]);

    await server.kill("SIGTERM");
    const store = await server.openReader();
    t.after(() => store.close());
    assert.deepEqual((await verify(store)).findings, []);
  });
}
