import type { Plan, Step } from "./plan.ts";

/** How many of each kind a conversation has, and what becomes of them. */
export interface Counts {
  messages: number;
  actions: number;
  joins: { made: number; no_change: number; before_speaking: number };
  leaves: { made: number; no_change: number };
  nick_events: number;
  replies: number;
  mentions: number;
}

export function countsOf(plan: Plan): Counts {
  const counts = noCounts();
  for (const step of plan.steps) count(counts, step);
  return counts;
}

function noCounts(): Counts {
  return {
    messages: 0,
    actions: 0,
    joins: { made: 0, no_change: 0, before_speaking: 0 },
    leaves: { made: 0, no_change: 0 },
    nick_events: 0,
    replies: 0,
    mentions: 0,
  };
}

function count(counts: Counts, { line, act, event, mention, replyTo }: Step): void {
  if (mention !== undefined) counts.mentions++;
  if (replyTo !== undefined) counts.replies++;
  switch (act) {
    case "message":
      counts.messages++;
      break;
    case "action":
      counts.actions++;
      break;
    case "nick":
      counts.nick_events++;
      break;
    case "leave":
      counts.leaves[event === undefined ? "no_change" : "made"]++;
      break;
    case "join":
      if (line.type !== "join") counts.joins.before_speaking++;
      else counts.joins[event === undefined ? "no_change" : "made"]++;
  }
}
