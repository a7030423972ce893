import { statSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Stand } from "../../contenders/stand.ts";
import { bringIn, takeOut } from "../../load/transfers.ts";
import type { Transferred } from "../../load/transfers.ts";
import { spread } from "../../measure/spread.ts";
import type { Line, Sample, Verdict } from "../../report/report.ts";
import { absolute, judge } from "../../report/verdict.ts";
import { compareBundles } from "../../verify/compare-bundles.ts";
import { bareSample, lineOf } from "../rounds.ts";
import { Beside, prepareTalkers, TALKERS } from "./beside.ts";
import { carry } from "./carry.ts";
import { furnish } from "./furnish.ts";
import { transferSample } from "./transfer-sample.ts";
import { verify } from "./verify.ts";

const EVENTS = 1_000_000;
const MEDIA = 10_000;
const MEDIA_BYTES = 100_000;
const QUIET_MS = 20_000;
/** Of every room: that it was made, where, and that its maker joined. */
const FIRST = 3;

/** What a part of the workload adds to its report. */
export interface Findings {
  lines: Line[];
  verdicts: Verdict[];
  notes: string[];
}

/** A room of a million events and a gigabyte of media, out and in, while other people of the server talk. Once. */
export async function largeRoom(stand: Stand): Promise<Findings> {
  const folder = await stand.freshFolder();
  const prepared = await stand.open("subject", 1 + TALKERS);
  const [token, ...others] = prepared.tokens as [string, ...string[]];
  const talkers = await prepareTalkers(stand, prepared, others);
  const roomId = await furnish(stand.load, prepared, { events: EVENTS, media: MEDIA, mediaBytes: MEDIA_BYTES });
  await stand.stop(prepared);
  const bundle = join(folder, "large.zip");

  async function one<T extends Transferred>(name: string, transfer: (address: typeof prepared.address) => Promise<T>) {
    const served = await stand.serve("subject", prepared.folder);
    const beside = await Beside.seat(stand, served, talkers);
    const quiet = await beside.during(wait(QUIET_MS));
    const carried = await carry(served, async () => {
      const { sends, result } = await beside.during(transfer(served.address));
      return { ...result, sends };
    });
    await beside.leave();
    return { name, served, quiet: quiet.sends, during: carried.made.sends, carried };
  }

  const out = await one("export", (address) => takeOut(address, token, roomId, bundle));
  await stand.stop(out.served);
  await settle(bundle);
  const into = await one("import", (address) => bringIn(address, token, bundle));
  const again = join(folder, "again.zip");
  await takeOut(into.served.address, token, into.carried.made.roomId, again);
  await stand.stop(into.served);
  const compared = await compareBundles(bundle, again);
  if (compared.events !== EVENTS + FIRST) compared.faults.push(`${compared.events} events came of ${EVENTS + FIRST}`);

  const faults = { export: await verify(stand, bundle), import: [...compared.faults, ...(await verify(stand, again))] };
  // Before anything large was done, for both: what was disturbed by the one is no measure of the other.
  const calm = out.quiet;
  const first = lineOf("large room: sends before anything", "sends/s", { subject: [calm], floor: [] });
  const parts = [out, into].map(({ name, quiet, during, carried }) => {
    const bare = (what: string, unit: string, sample: Sample): Line =>
      lineOf(`large room: ${what}`, unit, { subject: [sample], floor: [] });
    const rate = bare(name, "events/s", transferSample(carried, EVENTS, faults[name as keyof typeof faults]));
    const took = bare(`${name}, whole`, "s", bareSample(carried.made.seconds, []));
    const before = bare(`sends right before ${name}`, "sends/s", quiet);
    const beside = bare(`sends during ${name}`, "sends/s", during);
    const grown = bare(`${name}, memory over idle`, "MB", bareSample(carried.grownMB, []));
    const slower = judge(
      `p99 of sends during ${name} to before anything`,
      spread([during.p99Ms! / calm.p99Ms!]),
      { wanted: "at most", bar: 2, aim: null },
      [first, beside],
    );
    return {
      lines: [rate, took, ...(quiet === calm ? [first] : [before]), beside, grown],
      verdicts: [slower, absolute(grown, { wanted: "at most", bar: 200, aim: null })],
    };
  });
  return {
    lines: parts.flatMap(({ lines }) => lines),
    verdicts: parts.flatMap(({ verdicts }) => verdicts),
    notes: [
      `large room: ${EVENTS} events and ${MEDIA} media of ${MEDIA_BYTES} bytes, a bundle of ` +
        `${Math.round(statSync(bundle).size / 1e6)} MB; imported into the same tenant; ${TALKERS} others send beside it`,
    ],
  };
}

/** Waits until a file is on the disk: its writing would be heard in what is measured next. */
async function settle(path: string): Promise<void> {
  const file = await open(path);
  await file.sync();
  await file.close();
}
