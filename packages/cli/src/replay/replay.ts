import type { Control } from "@stairwell/server";
import { check } from "./check/check.ts";
import { readLog } from "./check/read-log.ts";
import type { Line } from "./conversation/line.ts";
import { countsOf } from "./plan/counts.ts";
import type { Speed } from "./plan/pace.ts";
import { planOf } from "./plan/plan.ts";
import { play } from "./play/play.ts";
import type { OnProgress } from "./progress.ts";
import { findingsOf, type Report } from "./report.ts";
import { enter, type Entrance } from "./server/enter.ts";
import type { Door } from "./server/sign-in.ts";

export interface ReplayOptions extends Entrance {
  readonly lines: readonly Line[];
  readonly speed: Speed;
  /** Ends it: the play between two calls and with a report, everything else by the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress: OnProgress;
}

/**
 * Plays a conversation into a public room, reads everything back and compares. A room that has a beginning of it
 * already, and nothing else, gets the rest. Throws `RefusedLine` when the server refuses a line; then, and when it is
 * stopped or the server goes away, the same call goes on where this one ended.
 */
export async function replay(door: Door, control: Control, options: ReplayOptions): Promise<Report> {
  const { lines, speed, signal } = options;
  const onProgress: OnProgress = (progress) => {
    signal?.throwIfAborted();
    options.onProgress(progress);
  };
  const plan = planOf(lines);
  const counts = countsOf(plan);
  const seconds = { sign_in: 0, play: 0, check: 0 };
  const timed = async <T>(part: keyof typeof seconds, work: Promise<T>): Promise<T> => {
    const started = performance.now();
    const done = await work;
    seconds[part] = Math.round(seconds[part] * 1000 + performance.now() - started) / 1000;
    return done;
  };

  const entered = await timed("sign_in", enter(door, control, options, plan.people, onProgress));
  const before = await timed("check", readLog(plan, entered, { whole: false }, onProgress));
  const linesBefore = linesDone(plan.lines.length, plan.events[before.eventIds.length]?.line);
  const report: Report = {
    outcome: "different",
    tenant: { slug: options.tenant, limits: "none" },
    room: { id: entered.roomId, name: options.room },
    lines: lines.length,
    lines_done: linesBefore,
    lines_before: linesBefore,
    people: plan.people.length,
    ...counts,
    replies_without_event: plan.unlinked.map(({ number }) => number),
    seconds,
    rate: 0,
    ...findingsOf(before),
    unread: null,
  };
  if (before.differences.count > 0) return report;

  const { roomId, people } = entered;
  report.lines_done = await timed("play", play({ plan, roomId, people, speed, signal, onProgress }, before.eventIds));
  report.rate = Math.round((report.lines_done - linesBefore) / Math.max(seconds.play, 0.001));
  if (report.lines_done < lines.length) {
    return { ...report, outcome: "stopped", events_in_room: null, head_hash: null };
  }

  const { log, unread } = await timed("check", check(plan, counts, entered, onProgress));
  return { ...report, ...findingsOf(log), unread, outcome: log.differences.count === 0 ? "equal" : "different" };
}

/** Lines before the first one of which an event is missing. */
function linesDone(lines: number, next: Line | undefined): number {
  return next === undefined ? lines : next.number - 1;
}
