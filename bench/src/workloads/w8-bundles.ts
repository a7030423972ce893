import { statSync } from "node:fs";
import { join } from "node:path";
import type { Stand } from "../contenders/stand.ts";
import { bringIn, takeOut } from "../load/transfers.ts";
import type { Sample } from "../report/report.ts";
import { absolute, againstLimit } from "../report/verdict.ts";
import { compareBundles } from "../verify/compare-bundles.ts";
import { bareSample, lineOf, takeTurns } from "./rounds.ts";
import { carry } from "./w8/carry.ts";
import type { Carried } from "./w8/carry.ts";
import { furnish } from "./w8/furnish.ts";
import { measureLimit } from "./w8/limits.ts";
import { conversation } from "./w8/conversation.ts";
import { largeRoom } from "./w8/large-room.ts";
import type { Findings } from "./w8/large-room.ts";
import { transferSample } from "./w8/transfer-sample.ts";
import { unpack } from "./w8/unpack.ts";
import { verify } from "./w8/verify.ts";
import type { Terms, Workload } from "./workload.ts";

const EVENTS = 200_000;
const MEDIA = 2000;
const MEDIA_BYTES = 100_000;
const PACKED = "the ZIP library, packing as we do";
const DEFLATED = "the ZIP library at level 1";
const ROWS = "reading, hashing and SQLite, 256 a commit";

/** A room as a file: out of one server and into another. */
export const w8Bundles: Workload = {
  id: "W8",
  title: `export and import of ${EVENTS} events and ${(MEDIA * MEDIA_BYTES) / 1e6} MB of media`,
  async run(stand, terms) {
    if (stand.contenders.subject.command === undefined) {
      return { id: this.id, title: this.title, lines: [], verdicts: [], notes: ["the floor knows nothing of bundles"] };
    }
    const parts: Findings[] = [await usual(stand, terms)];
    if (terms.long) parts.push(await largeRoom(stand));
    if (terms.conversation !== undefined) parts.push(await conversation(stand, terms.conversation));
    return {
      id: this.id,
      title: this.title,
      lines: parts.flatMap(({ lines }) => lines),
      verdicts: parts.flatMap(({ verdicts }) => verdicts),
      notes: parts.flatMap(({ notes }) => notes),
    };
  },
};

interface Room {
  served: string;
  token: string;
  roomId: string;
  /** Beside the bundle lie its manifest, its media and its contents, for the limits. */
  folder: string;
  bundle: string;
  events: number;
  megabytes: number;
  manifestMB: number;
  bundleMB: number;
}

interface Taken {
  rate: Sample;
  memory: Sample;
}

/** Each in every round, beside its limits. */
async function usual(stand: Stand, { rounds }: Terms): Promise<Findings> {
  const room = await prepare(stand);
  const turns = ["export", "zip packed", "zip all", "import", "rows"] as const;
  const made = await takeTurns(turns, rounds, async (turn) => {
    switch (turn) {
      case "export":
        return exportOnce(stand, room);
      case "import":
        return importOnce(stand, room);
      case "zip packed":
        return { rate: await measureLimit(stand, "zip.ts", [room.folder, "packed"], room.megabytes) };
      case "zip all":
        return { rate: await measureLimit(stand, "zip.ts", [room.folder, "all"], room.megabytes) };
      case "rows":
        return { rate: await measureLimit(stand, "bundle-rows.ts", [room.bundle, room.folder], room.events) };
    }
  });
  const rates = (turn: (typeof turns)[number]) => made.get(turn)!.map(({ rate }) => rate);
  const memory = (turn: "export" | "import") => made.get(turn)!.map((one) => (one as Taken).memory);
  const beside = { [DEFLATED]: rates("zip all"), [PACKED]: rates("zip packed") };
  const out = lineOf("export", "MB/s", { subject: rates("export"), floor: [] }, beside);
  const into = lineOf("import", "events/s", { subject: rates("import"), floor: [] }, { [ROWS]: rates("rows") });
  const grown = (["export", "import"] as const).map((turn) =>
    lineOf(`${turn}, memory over idle`, "MB", { subject: memory(turn), floor: [] }),
  );
  return {
    lines: [out, into, ...grown],
    verdicts: [
      againstLimit(out, DEFLATED, { wanted: "at least", bar: 0.6, aim: 0.85 }),
      againstLimit(out, PACKED, { wanted: "at least", bar: null, aim: null }),
      againstLimit(into, ROWS, { wanted: "at least", bar: 0.25, aim: 0.45 }),
      ...grown.map((line) => absolute(line, { wanted: "at most", bar: null, aim: 64 })),
    ],
    notes: [
      `the manifest is ${Math.round(room.manifestMB)} MB, the bundle ${Math.round(room.bundleMB)} MB; MB/s are of manifest and media, unpacked`,
      "every export was verified, every import exported again and compared with what it came from, event by event",
    ],
  };
}

async function prepare(stand: Stand): Promise<Room> {
  const folder = await stand.freshFolder();
  const bundle = join(folder, "room.zip");
  const instance = await stand.open("subject", 1);
  const token = instance.tokens[0]!;
  const keepMediaIn = join(folder, "media");
  const shape = { events: EVENTS, media: MEDIA, mediaBytes: MEDIA_BYTES };
  const roomId = await furnish(stand.load, instance, { ...shape, keepMediaIn });
  await takeOut(instance.address, token, roomId, bundle);
  await stand.stop(instance);
  await unpack(bundle, folder);
  const manifestMB = statSync(join(folder, "manifest.json")).size / 1e6;
  return {
    served: instance.folder,
    token,
    roomId,
    folder,
    bundle,
    // Of every room the first say that it was made, where, and that its maker joined.
    events: EVENTS + 3,
    megabytes: manifestMB + (MEDIA * MEDIA_BYTES) / 1e6,
    manifestMB,
    bundleMB: statSync(bundle).size / 1e6,
  };
}

async function exportOnce(stand: Stand, room: Room): Promise<Taken> {
  const served = await stand.serve("subject", room.served);
  const file = join(room.folder, "again.zip");
  const carried = await carry(served, () => takeOut(served.address, room.token, room.roomId, file));
  await stand.stop(served);
  return taken(carried, room.megabytes, await verify(stand, file));
}

/** Into an empty server. */
async function importOnce(stand: Stand, room: Room): Promise<Taken> {
  const instance = await stand.open("subject", 1);
  const token = instance.tokens[0]!;
  const carried = await carry(instance, () => bringIn(instance.address, token, room.bundle));
  const { roomId, report } = carried.made;
  const file = join(room.folder, "imported.zip");
  await takeOut(instance.address, token, roomId, file);
  await stand.stop(instance);
  const { events, faults } = await compareBundles(room.bundle, file);
  if (events !== report.events) faults.push(`${report.events} events were reported and ${events} came`);
  if (report.media !== MEDIA) faults.push(`${MEDIA} media were sent and ${report.media} came`);
  return taken(carried, events, [...faults, ...(await verify(stand, file))]);
}

function taken(carried: Carried<{ seconds: number }>, units: number, faults: string[]): Taken {
  return { rate: transferSample(carried, units, faults), memory: bareSample(carried.grownMB, []) };
}
