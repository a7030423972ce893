import { pick, roll } from "./chance.ts";

/** What the bot may know when it answers. */
export interface Knowledge {
  readonly now: Date;
  /** From 0 up to, and not including, 1. */
  readonly random: () => number;
  readonly room: { readonly members_count: number; readonly head: number };
}

const HELP = "I tell the `time`, `roll 2d6`, `count` what is in a room, and `pick` one of several things.";

/** Answers a message: the first thing in it that the bot knows how to do. */
export function answerTo(text: string, { now, random, room }: Knowledge): string {
  const asked = /\b(help|time|roll|count|pick)\b\s*(.*)/is.exec(text);
  switch (asked?.[1]?.toLowerCase()) {
    case "help":
      return HELP;
    case "time":
      return `It is ${now.toISOString().slice(11, 16)} UTC on ${now.toISOString().slice(0, 10)}.`;
    case "roll":
      return roll(asked![2]!, random);
    case "count":
      return `${room.members_count} members, and ${room.head} entries in the log.`;
    case "pick":
      return pick(asked![2]!, random);
    default:
      return "I do not know that. Say `help` and I tell what I know.";
  }
}
