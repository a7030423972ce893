import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fqid } from "../ids.ts";
import { append, type Draft, NOTHING, refuse } from "./decision.ts";
import { closes, withoutLastWords } from "./incognito.ts";
import type { RoomState } from "./state.ts";

const ALICE = "@alice:dev.localhost" as Fqid;
const draft = (type: string, content: Draft["content"]): Draft => ({ type, content, sender: ALICE });
const leave = draft("swp.room.member", { participant: ALICE, membership: "leave", cause: "left", reason: "words" });
const close = draft("swp.room.state", { state: "closed", reason: "words" });
const archive = draft("swp.room.state", { state: "archived", reason: "words" });

const room = (scopeKind: "incognito" | null, state: "open" | "archived" | "closed") =>
  ({ scopeKind, state }) as RoomState;

test("DEL2 what is said as an incognito room closes, or later, goes on no record", () => {
  const silent = (decision: ReturnType<typeof append>) => !JSON.stringify(decision).includes("words");
  assert(silent(withoutLastWords(room("incognito", "open"), append(leave, close))));
  assert(silent(withoutLastWords(room("incognito", "archived"), append(close))));
  assert(silent(withoutLastWords(room("incognito", "closed"), append(leave))));
  assert.deepEqual(withoutLastWords(room("incognito", "closed"), append(leave)), {
    drafts: [draft("swp.room.member", { participant: ALICE, membership: "leave", cause: "left" })],
  });
});

test("DEL2 all else that is decided stays as it is", () => {
  const unchanged: [RoomState | undefined, ReturnType<typeof append>][] = [
    [room("incognito", "open"), append(leave, archive)],
    [room(null, "open"), append(leave, close)],
    [room(null, "closed"), append(leave)],
    [room("incognito", "closed"), NOTHING],
    [undefined, append(close)],
  ];
  for (const [of, decision] of unchanged) assert.deepEqual(withoutLastWords(of, decision), decision);
  const refusal = refuse("SW_ROOM_FROZEN", "LC1");
  assert.equal(withoutLastWords(room("incognito", "closed"), refusal), refusal);
  assert.deepEqual(
    [[close], [leave, close], [archive], [leave], []].map((drafts) => closes(drafts)),
    [true, true, false, false, false],
  );
});
