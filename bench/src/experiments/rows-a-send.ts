/**
 * What each further row costs a send: the store alone, 64 sends a commit, fully synced; the sends go to 64 rooms, or
 * go round among many, so that each commit touches other pages.
 *
 *     node bench/src/experiments/rows-a-send.ts [--rounds N] [--commits N] [--rooms 64,10000]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { pinSelf, splitCores } from "../measure/cores.ts";
import { ratioSpread, spread } from "../measure/spread.ts";
import { EVENT_INSERT, eventMaker, MARKER_UPDATE, openEventStore } from "./event-rows.ts";
import type { EventRow } from "./event-rows.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    commits: { type: "string", default: "500" },
    rooms: { type: "string", default: "64,10000" },
  },
});
const SENDS_A_COMMIT = 64;
/** Prime, so that rooms that are sent to together do not lie together. */
const STRIDE = 7919;
const ROOM_UPDATE =
  "UPDATE rooms SET head = ?, head_hash = ?, messages = ?, at = ? WHERE tenant_no = 1 AND room_no = ?";
const OUTBOX_INSERT = "INSERT INTO outbox (tenant_no, seq, destination) VALUES (1, ?, 'stream')";
const VARIANTS = ["event row", "+ room row", "+ read marker", "+ outbox row"] as const;
const CONTENT = JSON.stringify({ msgtype: "swp.text", body: "x".repeat(115) });

/** Microseconds a send with the first `rows` kinds of row. */
function run(folder: string, rows: number, rooms: number): number {
  const database = openEventStore(join(folder, `${rows}-${performance.now()}.db`), rooms);
  const insert = database.prepare(EVENT_INSERT);
  const room = database.prepare(ROOM_UPDATE);
  const mark = database.prepare(MARKER_UPDATE);
  const outbox = database.prepare(OUTBOX_INSERT);
  const makeEvent = eventMaker(rooms);
  const commits = Number(values.commits);
  const sends = Array.from({ length: commits * SENDS_A_COMMIT }, (_, n) => makeEvent((n * STRIDE) % rooms, CONTENT));
  const write = (event: EventRow): void => {
    insert.run(...event);
    if (rows > 1) room.run(event[2]!, event[13]!, event[9]!, event[8]!, event[1]!);
    if (rows > 2) mark.run(event[2]!, event[9]!, event[1]!, event[1]!);
    if (rows > 3) outbox.run(event[4]!);
  };
  const started = performance.now();
  for (let first = 0; first < sends.length; first += SENDS_A_COMMIT) {
    database.exec("BEGIN IMMEDIATE");
    for (const event of sends.slice(first, first + SENDS_A_COMMIT)) write(event);
    database.exec("COMMIT");
  }
  const micros = ((performance.now() - started) * 1000) / sends.length;
  database.close();
  return micros;
}

function compare(folder: string, rooms: number): void {
  const micros = VARIANTS.map((): number[] => []);
  for (let round = -1; round < Number(values.rounds); round++) {
    for (const index of VARIANTS.keys()) {
      const measured = run(folder, index + 1, rooms);
      if (round >= 0) micros[index]!.push(measured); // the first warms up
    }
  }
  console.log(`${rooms} rooms`);
  for (const [index, name] of VARIANTS.entries()) {
    const { median, low, high } = spread(micros[index]!);
    const ratio = ratioSpread(micros[index]!, micros[0]!);
    const cost = `${median.toFixed(1)} µs (${low.toFixed(1)}..${high.toFixed(1)}), ${Math.round(1e6 / median)} sends/s`;
    const toFirst = `${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)}..${ratio.high.toFixed(2)})`;
    console.log(`  ${name.padEnd(14)} ${cost}, cost to the event row alone ${toFirst}`);
  }
}

pinSelf(splitCores());
const folder = mkdtempSync(join(tmpdir(), "rows-a-send-"));
try {
  for (const rooms of values.rooms.split(",")) compare(folder, Number(rooms));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
