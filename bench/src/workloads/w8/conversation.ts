import { statSync } from "node:fs";
import { basename, join } from "node:path";
import type { Stand } from "../../contenders/stand.ts";
import { bringIn, takeOut } from "../../load/transfers.ts";
import { absolute } from "../../report/verdict.ts";
import { compareAsRead } from "../../verify/compare-as-read.ts";
import { compareBundles } from "../../verify/compare-bundles.ts";
import { bareSample, lineOf } from "../rounds.ts";
import { carry } from "./carry.ts";
import type { Findings } from "./large-room.ts";
import { transferSample } from "./transfer-sample.ts";
import { verify } from "./verify.ts";

/** Who makes the room that a replay plays into; in development mode their credential needs no minting. */
const HOST = "dev-replay.host@replay";

/** Of `stairwell replay --json`. */
interface Replayed {
  outcome: string;
  room: { id: string };
  lines: number;
  messages: number;
  replies: number;
  seconds: { play: number };
}

/** Real talk from end to end: played into a room, exported, verified, imported, exported again, compared. Once. */
export async function conversation(stand: Stand, file: string): Promise<Findings> {
  const folder = await stand.freshFolder();
  const data = await stand.freshFolder();
  const player = await stand.serve("subject", data);
  const url = `http://${player.address.host}:${player.address.port}`;
  // It reads everything back and compares it with the file; any difference is an exit code.
  const words = ["replay", file, "--url", url, "--data", data];
  const replayed = JSON.parse(await stand.contenders.subject.command!(words)) as Replayed;
  await stand.stop(player);
  const roomId = replayed.room.id;
  const [bundle, again] = [join(folder, "talk.zip"), join(folder, "again.zip")];

  const sender = await stand.serve("subject", data);
  const out = await carry(sender, () => takeOut(sender.address, HOST, roomId, bundle));
  await stand.stop(sender);
  const outFaults = await verify(stand, bundle);

  const receiver = await stand.serve("subject", data);
  const into = await carry(receiver, () => bringIn(receiver.address, HOST, bundle));
  const imported = into.made.roomId;
  await takeOut(receiver.address, HOST, imported, again);
  const read = await compareAsRead(receiver.address, HOST, roomId, imported);
  await stand.stop(receiver);
  const { events, faults } = await compareBundles(bundle, again);
  const inFaults = [...faults, ...read.faults, ...(await verify(stand, again))];
  if (events !== into.made.report.events) inFaults.push(`${events} events were compared of ${into.made.report.events}`);
  if (read.replies < replayed.replies) inFaults.push(`${read.replies} replies were read of ${replayed.replies}`);

  const line = (name: string, unit: string, sample: Parameters<typeof bareSample>[0] | ReturnType<typeof bareSample>) =>
    lineOf(`conversation: ${name}`, unit, {
      subject: [typeof sample === "number" ? bareSample(sample, []) : sample],
      floor: [],
    });
  const grown = [
    line("export, memory over idle", "MB", out.grownMB),
    line("import, memory over idle", "MB", into.grownMB),
  ];
  return {
    lines: [
      line("replay", "lines/s", replayed.lines / replayed.seconds.play),
      line("export", "events/s", transferSample(out, events, outFaults)),
      line("export, whole", "s", out.made.seconds),
      line("import", "events/s", transferSample(into, events, inFaults)),
      line("import, whole", "s", into.made.seconds),
      ...grown,
    ],
    verdicts: grown.map((memory) => absolute(memory, { wanted: "at most", bar: 200, aim: 64 })),
    notes: [
      `conversation: ${basename(file)}, ${replayed.lines} lines, ${events} events, ${replayed.messages} messages and ` +
        `${replayed.replies} replies; a bundle of ${(statSync(bundle).size / 1e6).toFixed(1)} MB, as it is imported ` +
        `${(statSync(again).size / 1e6).toFixed(1)} MB; ${read.messages} messages read back from both rooms and compared`,
    ],
  };
}
