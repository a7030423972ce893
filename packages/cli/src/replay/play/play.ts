import { setTimeout as wait } from "node:timers/promises";
import { dueTimes, type Speed } from "../plan/pace.ts";
import type { Step } from "../plan/plan.ts";
import type { OnProgress } from "../progress.ts";
import { Acts, type Stage } from "./acts.ts";

export interface Play extends Stage {
  readonly speed: Speed;
  readonly onProgress: OnProgress;
}

/**
 * Carries out what is left of a plan, after the events that the room has already. Each call is awaited before the next
 * one is made: HTTP promises no order among calls under way, what follows a failed one must not be in the room, and a
 * reply needs the id of what it answers. So the pace is that of the server's syncs, one a line.
 * Answers the number of lines done of the file, all unless the signal came. `RefusedLine` at the first refusal.
 */
export async function play(played: Play, eventIds: readonly string[]): Promise<number> {
  const { plan, signal, onProgress } = played;
  const acts = new Acts(played, eventIds);
  const first = eventIds.length === 0 ? 0 : plan.steps.indexOf(plan.events[eventIds.length - 1]!) + 1;
  const waitFor = pace(played, plan.steps[first]?.line.number);
  let done = (plan.steps[first]?.line.number ?? plan.lines.length + 1) - 1;
  try {
    for (const step of plan.steps.slice(first)) {
      signal?.throwIfAborted();
      if (waitFor !== undefined) await waitFor(step);
      await acts.carryOut(step);
      if (step.line.type !== step.act) continue;
      done = step.line.number;
      onProgress({ what: "lines", done, total: plan.lines.length });
    }
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
  return done;
}

/** Waits until a step is due, by the speed; undefined where nothing waits. */
function pace(
  { plan, speed, signal }: Play,
  firstLine: number | undefined,
): ((step: Step) => Promise<void>) | undefined {
  const due = dueTimes(plan.lines, speed);
  if (due === undefined || firstLine === undefined) return undefined;
  const start = performance.now() - due[firstLine - 1]!;
  return async ({ line }) => {
    const milliseconds = start + due[line.number - 1]! - performance.now();
    if (milliseconds > 0) await wait(milliseconds, undefined, { ...(signal && { signal }) });
  };
}
