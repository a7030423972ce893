import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** Short lines: nick, type, text, and which line (from 1) they reply to. */
type Short = [nick: string, type: string, text?: string, replyTo?: number];

const LONG = "stairs, ".repeat(7000);

/** A talk in a workshop about a staircase, with everything that a conversation can hold and some that it should not. */
const TALK: readonly Short[] = [
  ["Maja", "join"],
  ["Maja", "message", "good morning, is anybody in?"],
  ["otto", "message", "Maja: I am, since six", 2],
  ["|Rune|", "join"],
  ["|Rune|", "message", "morning both"],
  ["Maja", "message", "|Rune|: can you measure the second flight today?"],
  ["|Rune|", "action", "looks for the tape"],
  ["otto", "message", "|Rune|: it is on the third step", 7],
  ["otto", "message", "  under the dust  "],
  ["Maja", "join"],
  ["|Rune|", "message", "otto: found it, thanks", 8],
  ["|Rune|", "nick", "Rune_busy"],
  ["Rune_busy", "message", "back in an hour"],
  ["Maja", "message", "Rune_busy: no hurry"],
  ["maja", "message", "Maja: you have a namesake \u{1f600}"],
  ["Maja", "message", "maja: hello me", 15],
  ["Otto", "join"],
  ["Otto", "message", "otto: and so have you"],
  ["ghost", "leave"],
  ["otto", "message", "ghost: who was that?", 19],
  ["Otto", "leave", "two of me is one too many"],
  ["otto", "message", "Otto: wait!", 21],
  ["Otto", "leave"],
  ["otto", "message", "gone for good", 23],
  ["[A-Z]\\^`{}", "message", "a nick made of ink blots"],
  ["Maja", "message", "[A-Z]\\^`{}: that is a fine nick"],
  ["otto", "message", "\ttabs\tand\u0008 a backspace, \u001c, \u007f and \u0000"],
  ["otto", "message", ""],
  ["otto", "message", " "],
  ["otto", "message", "\u2028 and \u2029 and \u202e sdrawkcab \u202c"],
  ["otto", "message", 'quotes " and \\ and </script> and %s ${x}'],
  ["otto", "message", "e\u0301 is not é to a byte", 30],
  ["Maja", "message", LONG],
  ["Maja", "message", "line one\nline two\r\nline three"],
  ["Maja", "action", ""],
  ["Rune_busy", "message", ": nobody"],
  ["Rune_busy", "message", "Rune_busy: note to myself"],
  ["Maja", "nick", "Maja"],
  ["newcomer", "nick", "regular"],
  ["regular", "message", "newcomer: you stayed behind"],
  ["newcomer", "message", "so I did", 39],
  ["newcomer", "leave"],
  ["newcomer", "join"],
  ["newcomer", "message", "round trip", 42],
  ["Maja", "message", "newcomer: welcome back", 43],
  ["otto", "action", "regular: sweeps the landing"],
  ["otto", "message", "👨‍👩‍👧‍👦 family of one glyph"],
  ["Maja", "message", "how high is a step?"],
  ["otto", "message", "17.5 cm", 48],
  ["|Rune|", "message", "still here under my old name", 12],
  ["Maja", "message", "|Rune|: and how deep?", 50],
  ["|Rune|", "message", "29", 51],
  ["Rune_busy", "leave"],
  ["Maja", "message", "2 × 17.5 + 29 = 64, that walks well"],
  ["otto", "message", "it does", 54],
  ["maja", "leave", "see you"],
  ["Maja", "message", "last one switches off the light", 1],
  ["otto", "message", "me", 57],
  ["Maja", "leave"],
  ["otto", "message", "good night"],
];

/** The talk as lines of a file, over two days. */
export function talk(): string[] {
  return TALK.map(([nick, type, text, replyTo], i) =>
    JSON.stringify({
      id: `talk:${i + 1}`,
      day: i < 40 ? "2020-02-29" : "2020-03-07",
      ...(type === "message" || type === "action"
        ? { time: `0${6 + Math.floor((i % 40) / 20)}:${10 + (i % 20)}` }
        : {}),
      type,
      nick,
      text,
      ...(replyTo !== undefined && { reply_to: `talk:${replyTo}` }),
    }),
  );
}

/** A file of these lines. */
export function conversationFile(t: TestContext, lines: readonly string[], name = "talk.jsonl"): string {
  const folder = mkdtempSync(join(tmpdir(), "stairwell-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
  return path;
}
