import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { attachStrace, ChildServer, freshSeed, NO_STRACE, Random, rounds } from "@stairwell/testing";
import { tempFolder } from "../support/store.ts";
import { Load, openRooms } from "./load.ts";

const EVENT_ID = /evt-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Follows a trace, and what of the store's log is on the disk at each moment. */
class Trace {
  readonly #written = new Set<string>();
  readonly #synced = new Set<string>();
  syncs = 0;
  readonly answered = new Set<string>();

  take(line: string): void {
    const ids = line.match(EVENT_ID) ?? [];
    const succeeded = !/ = -1 /.test(line);
    if (/^pwrite64\(\d+<[^>]*-wal>/.test(line)) {
      for (const id of ids) this.#written.add(id);
    } else if (/^f(?:data)?sync\(\d+<[^>]*-wal>/.test(line) && succeeded) {
      this.syncs++;
      for (const id of this.#written) this.#synced.add(id);
      this.#written.clear();
    } else if (/^(?:write|writev|sendto|sendmsg)\(/.test(line) && line.includes("HTTP/1.1 201")) {
      assert(ids.length > 0, line.slice(0, 500));
      for (const id of ids) {
        assert(this.#synced.has(id), `${id} is acknowledged and not yet synced`);
        this.answered.add(id);
      }
      assert.equal(this.#written.size, 0, "an acknowledgement goes out between a write of the log and its sync");
    }
  }
}

test("no acknowledgement leaves before the log that holds its event is synced", { skip: NO_STRACE }, async (t) => {
  const wanted = rounds(3000);
  const server = await ChildServer.start(t, { withoutLimits: true });
  const rooms = await openRooms(server);
  const file = join(tempFolder(t), "trace");
  const calls = "trace=write,writev,sendto,sendmsg,pwrite64,fsync,fdatasync";
  const tracer = await attachStrace(server.pid, ["-y", "-s", "20000", "-o", file, "-e", calls]);
  const load = new Load(server, rooms, new Random(freshSeed()), { longest: 2000 });
  await load.run(64, () => load.attempts.length >= wanted);
  await tracer.detach();

  const trace = new Trace();
  for await (const line of createInterface(createReadStream(file))) trace.take(line);
  assert.equal(load.acked.length, load.attempts.length);
  assert.deepEqual([...trace.answered].toSorted(), load.acked.map(({ acked }) => acked!.id).toSorted());
  t.diagnostic(`${trace.answered.size} acknowledgements after ${trace.syncs} syncs`);
  assert(trace.syncs > 0 && trace.syncs < trace.answered.size);
});
