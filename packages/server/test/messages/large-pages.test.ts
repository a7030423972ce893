import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, TestServer } from "@stairwell/testing";

test("AP7 a page of large messages is shorter than asked for, and the walk has each once", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  await server.liftLimits();
  const room = await alice.roomWith([]);
  const root = await alice.say(room, "root");
  const body = "x".repeat(60_000);
  for (let n = 0; n < 40; n++) {
    assertOk(await alice.post(`/v1/rooms/${room}/send`, { content: { body, n, reply_to_event_id: root.id } }));
  }
  for (const thread of ["", `&thread=${root.id}`]) {
    const seen: number[] = [];
    let pages = 0;
    for (let from: string | null = "0"; from !== null; pages++) {
      const page = assertOk(
        await alice.get(`/v1/rooms/${room}/messages?direction=forward&limit=200&from=${from}${thread}`),
      );
      for (const { content } of page.data) if (content.n !== undefined) seen.push(content.n);
      from = page.meta.next_cursor as string | null;
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 40 }, (_, n) => n),
    );
    assert.equal(pages, 3);
  }
});
