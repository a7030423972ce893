import type { AskedFor } from "@stairwell/protocol/federation";
import type { Needs } from "../../state/index.ts";

/** What a command from elsewhere needs looked up: the same as where one of ours gives it. */
export function needsOf({ command, target, event }: AskedFor): Needs {
  const named = target === undefined ? {} : { target: { fqid: target } };
  switch (command.kind) {
    case "invite":
      return { ...named, openInvites: true };
    case "leave":
      return { heirWithout: "actor" };
    case "kick":
    case "ban":
      return { ...named, heirWithout: "target" };
    case "power":
      return { ...named, candidates: true };
    case "rejoin":
      return { openRooms: true };
    default:
      return event === undefined ? named : { event };
  }
}
