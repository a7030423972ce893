import assert from "node:assert/strict";
import { test } from "node:test";
import { factsBetween, GROUP, memberCalled } from "../../test/rooms.ts";
import { decide, type RoomCommand } from "./decide.ts";
import type { Decision } from "./decision.ts";
import type { MemberState } from "./state.ts";

/** Seven members by their power; the last made the room. */
const POWERS = [0, 49, 50, 51, 99, 100, "creator"] as const;
type Power = (typeof POWERS)[number];

function memberWith(power: Power, side: string): MemberState {
  const name = power === "creator" ? "creator" : `${side}-${power}`;
  return memberCalled(name, "join", { powerLevel: power === "creator" ? 100 : power });
}

function between(actor: Power, target: Power, command: RoomCommand): Decision {
  // Enough admins that nobody is the last.
  return decide(
    factsBetween({ ...GROUP, adminCount: 3 }, memberWith(actor, "actor"), memberWith(target, "target")),
    command,
  );
}

/** Asks all 48 pairs (nobody is the creator's equal but the creator) and compares with a table drawn by hand. */
function compare(command: RoomCommand, table: string): void {
  const rows = table
    .trim()
    .split("\n")
    .map((row) => row.trim());
  for (const [a, actor] of POWERS.entries()) {
    for (const [t, target] of POWERS.entries()) {
      if (actor === "creator" && target === "creator") continue;
      const decision = between(actor, target, command);
      const drawn = rows[a]![t];
      assert.equal("drafts" in decision ? "+" : "-", drawn, `${command.kind} by ${actor} of ${target}`);
      if ("drafts" in decision) assert.equal(decision.drafts.length, 1);
      else assert.equal(decision.refusal.code, "SW_ROOM_FORBIDDEN");
    }
  }
}

const OF_THE_WEAKER = `
  -------
  -------
  ++-----
  +++----
  ++++---
  +++++--
  +++++--`;

test("MB12 kick needs 50 and more power than the other has, for all pairs", () => {
  compare({ kind: "kick" }, OF_THE_WEAKER);
});

test("MB12 ban needs 50 and more power than the other has, for all pairs", () => {
  compare({ kind: "ban", expiresAt: null }, OF_THE_WEAKER);
  compare({ kind: "ban", expiresAt: 2000, reason: "spam" }, OF_THE_WEAKER);
});

test("PL1 PL2 power is set by admins, of those who are none, for all pairs", () => {
  const OF_ALL_BUT_ADMINS = `
    -------
    -------
    -------
    -------
    -------
    +++++--
    +++++--`;
  for (const level of [1, 25, 98]) compare({ kind: "power", level }, OF_ALL_BUT_ADMINS);
});

test("AP5 a refusal for lack of power says what is needed and what there is", () => {
  const refusalOf = (actor: Power, target: Power, command: RoomCommand) => {
    const decision = between(actor, target, command);
    assert.ok("refusal" in decision);
    const { rule, needed, actual } = decision.refusal;
    return { rule, needed, actual };
  };
  assert.deepEqual(refusalOf(49, 0, { kind: "kick" }), { rule: "MB12", needed: 50, actual: 49 });
  assert.deepEqual(refusalOf(51, 99, { kind: "ban", expiresAt: null }), { rule: "MB12", needed: 100, actual: 51 });
  assert.deepEqual(refusalOf(50, 50, { kind: "kick" }), { rule: "MB12", needed: 51, actual: 50 });
  // Nobody has 101: where no power would do, none is named.
  assert.deepEqual(refusalOf(100, "creator", { kind: "kick" }), { rule: "MB12", needed: undefined, actual: 100 });
  assert.deepEqual(refusalOf(99, 0, { kind: "power", level: 1 }), { rule: "PL1", needed: 100, actual: 99 });
  const beyond = { rule: "PL2", needed: undefined, actual: 100 };
  for (const other of [100, "creator"] as const)
    assert.deepEqual(refusalOf(100, other, { kind: "power", level: 1 }), beyond);
});
