import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  assertOk,
  attachStrace,
  ChildServer,
  fileThreads,
  freshSeed,
  injecting,
  NO_STRACE,
  Random,
  rounds,
} from "@stairwell/testing";
import { importing } from "../bundles/importing.ts";
import { countsIn, eventsOf, forgotten, LARGE_MEDIUM, largeBundle } from "./imports.ts";
import { assertSoundFolder } from "./journal.ts";

const MESSAGES = 1000;

/**
 * Where there is no room on the disk: in the files that are received and moved, or in the store's log. From which call
 * on is random, so that a bundle is met as it comes, as it is unpacked, and while its room is written. The plain write of
 * a file is not among them: the threads that do it tell the server by the same call that they are done.
 */
const FULL = [
  { where: "files are synced", calls: "fsync,fdatasync", latest: 3, isStore: false },
  { where: "files are moved to where they stay", calls: "rename,renameat,renameat2,mkdir", latest: 1, isStore: false },
  { where: "the store's log is written", calls: "pwrite64", latest: 200, isStore: true },
] as const;

for (const { where, calls, latest, isStore } of FULL) {
  test(
    `BU14 a disk that is full when ${where} refuses an import, which leaves nothing, and the server goes on`,
    { skip: NO_STRACE },
    async (t) => {
      const seed = freshSeed();
      const random = new Random(seed);
      const bundles = [largeBundle(MESSAGES), largeBundle(MESSAGES, LARGE_MEDIUM)];
      const server = await ChildServer.start(t, { withoutLimits: true });
      const [alice, bob] = await server.people("alice", "bob");
      const other = await bob.roomWith([]);
      assertOk(await importing(alice, bundles[0]!));
      let rooms = 2;
      let refused = 0;
      for (let round = 0; round < rounds(50); round++) {
        // The first is full from the beginning, so that one import is refused whatever comes by chance.
        const fault = `${calls}:error=ENOSPC:when=${round === 0 ? 1 : random.int(1, latest)}+`;
        const context = `seed ${seed}, round ${round}, ${fault}`;
        const disk = await attachStrace(isStore ? server.pid : fileThreads(server.pid), [
          "-o",
          "/dev/null",
          ...injecting(fault, isStore ? [join(server.data, "stairwell.db-wal")] : []),
        ]);
        const whole = random.pick(bundles);
        const { status, error } = await importing(alice, whole);
        // Who reads does not notice.
        assertOk(await bob.get(`/v1/rooms/${other}/messages`));
        await disk.detach();
        if (status === 201) rooms++;
        else assert.deepEqual([status, error?.code], [507, "SW_STORE_FULL"], context);
        refused += Number(status === 507);
        // Without a restart, and though it could not be taken away at once where the store itself was full.
        await forgotten(server);
        const found = await countsIn(server.data);
        assert.deepEqual(
          { rooms: found.rooms, events: found.events, media: found.media },
          { rooms, events: (rooms - 1) * eventsOf(MESSAGES) + 3, media: rooms - 1 },
          context,
        );
        assert.deepEqual(readdirSync(join(server.data, "staging")), [], context);
        assertOk(await importing(alice, whole));
        rooms++;
        assertOk(await bob.put(`/v1/rooms/${other}/mute`, { duration_seconds: 60 + round }));
      }
      assert(refused > 0, `no import was refused: seed ${seed}`);
      t.diagnostic(`seed ${seed}: ${refused} of ${rounds(50)} refused`);
      await assertSoundFolder(server.data);
    },
  );
}
