import type { Plan } from "../plan/plan.ts";
import type { OnProgress } from "../progress.ts";
import type { Entered } from "../server/enter.ts";
import { historyOf } from "../server/room.ts";
import { Comparison } from "./comparison.ts";

/** Reads the room's whole log and compares it with the plan; with `whole` it must be all there. */
export async function readLog(
  plan: Plan,
  { roomId, host, people }: Entered,
  { whole }: { whole: boolean },
  onProgress: OnProgress,
): Promise<Comparison> {
  const participants = new Map([...people].map(([nick, { participantId }]) => [nick, participantId]));
  const comparison = new Comparison(plan, host.participantId, participants, { whole });
  for await (const page of historyOf(host.client, roomId)) {
    for (const event of page) comparison.take(event);
    onProgress({ what: "events compared", done: comparison.eventIds.length, total: plan.events.length });
  }
  return comparison;
}
