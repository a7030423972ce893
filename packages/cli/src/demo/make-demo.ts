import { basename } from "node:path";
import { readConversation } from "../replay/conversation/read-conversation.ts";
import type { Guests } from "./seed/guests.ts";
import { SceneClock } from "./seed/scene-clock.ts";
import { OLDEST, seed } from "./seed/seed.ts";

const GUEST_LINES = 300;

/** Makes a demo's store: a server of its own runs on the folder, by a clock that starts two days ago. */
export async function makeDemo(folder: string, conversation: string | undefined): Promise<void> {
  const guests = conversation === undefined ? undefined : guestsOf(conversation);
  const { openControl, startInside } = await import("@stairwell/server");
  const clock = new SceneClock(Date.now(), OLDEST);
  const server = await startInside({ data: folder, clock });
  const control = await openControl(folder);
  try {
    await seed(server.url, control, clock, guests);
  } finally {
    await control.close();
    await server.close();
  }
}

/** An error when one of the lines is bad. */
function guestsOf(file: string): Guests {
  const { lines, faults } = readConversation(file, GUEST_LINES);
  const [bad] = faults;
  if (bad !== undefined) throw new Error(`line ${bad.number} of ${file} ${bad.problem}`);
  if (lines.length === 0) throw new Error(`${file} has no lines`);
  return {
    lines,
    room: basename(file)
      .replace(/\.gz$/, "")
      .replace(/\.jsonl?$/, ""),
  };
}
