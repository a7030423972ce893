import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import {
  assertOk,
  assertRefused,
  atOnce,
  attachStrace,
  ChildServer,
  injecting,
  NO_STRACE,
  rounds,
} from "@stairwell/testing";
import { assertSoundFolder } from "./journal.ts";

/** What the disk does to the store's log, and what whoever writes is told. */
const FAULTS = [
  { name: "is full", fault: "pwrite64:error=ENOSPC", status: 507, code: "SW_STORE_FULL" },
  { name: "fails to write", fault: "pwrite64:error=EIO", status: 503, code: "SW_UNAVAILABLE" },
  { name: "fails to sync", fault: "fsync,fdatasync:error=EIO", status: 503, code: "SW_UNAVAILABLE" },
  { name: "has no room when it syncs", fault: "fsync,fdatasync:error=ENOSPC", status: 503, code: "SW_UNAVAILABLE" },
  { name: "fails at every third write", fault: "pwrite64:error=EIO:when=2+3", status: 503, code: "SW_UNAVAILABLE" },
] as const;

for (const { name, fault, status, code } of FAULTS) {
  test(
    `while the disk ${name}, writes are refused and reads go on, and afterwards writes go on`,
    { skip: NO_STRACE },
    async (t) => {
      const server = await ChildServer.start(t, { withoutLimits: true });
      const [alice, bob] = await server.people("alice", "bob");
      const room = await alice.roomWith([bob], { room_type: "public" });
      const path = `/v1/rooms/${room}`;
      const kept: string[] = [];
      for (let round = 0; round < rounds(20); round++) {
        kept.push((await alice.say(room, `before ${round}`)).content.body);
        const disk = await attachStrace(server.pid, [
          "-o",
          "/dev/null",
          ...injecting(fault, [join(server.data, "stairwell.db-wal")]),
        ]);
        // Again and again on one connection: a failure that is told once must be told the next time.
        for (let again = 0; again < 3; again++) {
          const answers = await atOnce(16, (i) => {
            if (i % 4 === 1) return bob.get(`${path}/messages`);
            return i % 4 === 2
              ? bob.put(`${path}/topic`, { topic: "x" })
              : alice.post(`${path}/send`, { content: { body: `lost ${i}` } });
          });
          for (const [i, answer] of answers.entries()) {
            if (i % 4 === 1) assertOk(answer);
            // A refusal is an answer of the group too, where the group was begun at all.
            else if (i % 4 === 2 && answer.status === 403) assertRefused(answer, 403, "SW_ROOM_FORBIDDEN");
            else {
              assertRefused(answer, status, code);
              assert.equal(answer.headers.get("retry-after") === null, status === 507);
            }
          }
          assertOk(await alice.get("/livez"));
        }
        await disk.detach();
        kept.push((await alice.say(room, `after ${round}`)).content.body);
      }
      const texts = async (): Promise<string[]> =>
        (await server.person("alice").history(room))
          .filter(({ event_type }) => event_type === "swp.room.message")
          .map(({ content }) => content.body);
      assert.deepEqual(await texts(), kept);
      await assertSoundFolder(server.data);
      await server.kill("SIGKILL");
      await server.startAgain();
      assert.deepEqual(await texts(), kept);
      await assertSoundFolder(server.data);
    },
  );
}
