import assert from "node:assert/strict";
import { test } from "node:test";
import { whatever } from "../../test/story.ts";
import type { Draft } from "./decision.ts";
import { MEMBER, type MemberContent } from "./events/index.ts";

function memberDrafts(drafts: readonly Draft[]): MemberContent[] {
  return drafts.filter(({ type }) => type === MEMBER).map(({ content }) => content as unknown as MemberContent);
}

/** What changes an archived room: LC1. */
const THAWING: readonly string[] = ["leave", "rejoin", "close", "dm", "restore", "deactivate"];
/** What changes a closed room. */
const GOING: readonly string[] = ["leave", "deactivate"];

test("LC1 an archived room changes by its exceptions only, a closed one by going alone", () => {
  whatever(({ step, facts, drafts, before }) => {
    const { state } = before.room;
    if (state === "open") return false;
    if (drafts.length > 0)
      assert.ok(state === "archived" ? THAWING.includes(step.kind) : GOING.includes(step.kind), step.kind);
    if (state === "closed") {
      const [going, ...more] = memberDrafts(drafts);
      if (going !== undefined)
        assert.deepEqual([going.membership, going.participant], ["leave", facts.actor.person.fqid]);
      assert.deepEqual(more, []);
      assert.ok(drafts.length <= 1);
    }
    return true;
  });
});

test("LC6 a closed room stays closed", () => {
  whatever(({ before, after }) => {
    if (before.room.state === "closed") assert.equal(after.room.state, "closed");
    assert.equal(after.room.closedAt !== null, after.room.state === "closed");
    return before.room.state === "closed";
  });
});

test("LC4 MB8 PL3 the same command again appends nothing", () => {
  whatever((turn, world) => {
    if (turn.step.kind === "send" || turn.drafts.length === 0) return false;
    const again = world.again(turn);
    assert.deepEqual("drafts" in again ? again.drafts : [], [], turn.step.kind);
    return true;
  });
});

test("LC5 a restored room is as it was", () => {
  whatever(({ step, drafts, before, after }) => {
    if (step.kind !== "rejoin" || before.room.state !== "archived" || drafts.length === 0) return false;
    assert.equal(after.room.state, "open");
    for (const [fqid, row] of before.members) {
      if (drafts.length === 1) assert.deepEqual(after.members.get(fqid), row);
      else if (row.membership === "join") assert.equal(before.room.roomType, "dm");
    }
    return true;
  });
});

test("an incognito room that closes on leave is closed once its creator is out", () => {
  whatever(({ before, after }) => {
    const isOut = after.members.get(after.room.creator)?.membership !== "join";
    if (after.room.closeOnLeave && isOut) assert.equal(after.room.state, "closed");
    return after.room.closeOnLeave && isOut && before.room.state === "open";
  });
});

test("what a room was made as stays so", () => {
  whatever(({ drafts, before, after }) => {
    const { roomType, scopeKind, creator, closeOnLeave, createdAt } = before.room;
    assert.partialDeepStrictEqual(after.room, { roomType, scopeKind, creator, closeOnLeave, createdAt });
    if (scopeKind === "incognito" || roomType === "dm") assert.equal(after.room.isPublic, false);
    if (roomType === "public") assert.equal(after.room.isPublic, true);
    return drafts.length > 0;
  });
});
