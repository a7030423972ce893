import assert from "node:assert/strict";
import { test } from "node:test";
import { whatever } from "../../test/story.ts";
import { joined, LIMITS, membershipOf, PEOPLE, type Snapshot } from "../../test/world.ts";
import { isServerFqid } from "../ids.ts";
import { POWER_LEVEL, STATE } from "./events/index.ts";

function rowsOf({ members }: Snapshot, membership: string): number {
  return [...members.values()].filter((row) => row.membership === membership).length;
}

test("MB17 the counts of a room are those of its rows", () => {
  whatever(({ drafts, after }) => {
    assert.equal(after.room.joinedCount, rowsOf(after, "join"));
    assert.equal(after.room.invitedCount, rowsOf(after, "invite"));
    assert.equal(after.room.adminCount, joined(after).filter((row) => row.powerLevel === 100).length);
    return drafts.length > 0;
  });
});

test("MB15 a room with members that is not closed has an admin, who is the rightful heir", () => {
  whatever(({ facts, drafts, before, after }) => {
    const { roomType, state } = after.room;
    if (roomType !== "dm" && state !== "closed" && after.room.joinedCount > 0) {
      assert.ok(joined(after).some((row) => row.powerLevel === 100));
    }
    const succession = drafts.find(({ type, causedBy }) => type === POWER_LEVEL && causedBy === 0);
    if (succession !== undefined) {
      assert.equal(succession.content["participant"], facts.heir);
      assert.equal(before.room.adminCount, 1);
    }
    return succession !== undefined;
  });
});

test("MB15 MB6 who is joined or invited can always go", () => {
  whatever(({ step, decision, facts, before, after }) => {
    if (step.kind !== "leave") return false;
    const me = facts.actor.person.fqid;
    const membership = membershipOf(before, me, facts.now);
    if (membership === "join" || membership === "invite") {
      assert.ok("drafts" in decision);
      assert.equal(membershipOf(after, me, facts.now), "leave");
    }
    return before.room.state !== "open" && membership !== "leave";
  });
});

test("MB16 a room that nobody is joined in is not open", () => {
  whatever(({ drafts, before, after }) => {
    if (after.room.joinedCount === 0) assert.notEqual(after.room.state, "open");
    const isDeserted = before.room.joinedCount === 1 && after.room.joinedCount === 0 && before.room.state === "open";
    if (isDeserted) assert.equal(drafts.at(-1)?.type, STATE);
    return isDeserted;
  });
});

test("MB2 MB11 a banned person is banned until the ban is over or taken back", () => {
  whatever(({ step, facts, before, after }) => {
    const banned = PEOPLE.filter(({ fqid }) => membershipOf(before, fqid, facts.now) === "ban");
    for (const { fqid } of banned) {
      const now = membershipOf(after, fqid, facts.now);
      if (now === "ban") continue;
      assert.equal(step.kind, "unban");
      assert.equal(now, "leave");
    }
    return banned.some(({ fqid }) => fqid === facts.actor.person.fqid || fqid === facts.target?.person?.fqid);
  });
});

test("MB12 nobody is kicked or banned by one who is not stronger", () => {
  whatever(({ step, facts, drafts, before }) => {
    if ((step.kind !== "kick" && step.kind !== "ban") || drafts.length === 0) return false;
    const me = before.members.get(facts.actor.person.fqid)!;
    const other = facts.target!.member;
    assert.equal(me.membership, "join");
    if (other?.membership === "join") assert.ok(me.powerLevel > other.powerLevel);
    const isRevoked = step.kind === "kick" && other?.membership === "invite" && other.invitedBy === me.fqid;
    assert.ok(me.powerLevel >= 50 || isRevoked);
    return true;
  });
});

test("MB9 power is within 0 and 100, and 0 for everybody who is not joined", () => {
  whatever(({ after }) => {
    for (const row of after.members.values()) {
      assert.ok(Number.isInteger(row.powerLevel) && row.powerLevel >= 0 && row.powerLevel <= 100);
      if (row.membership !== "join") assert.equal(row.powerLevel, 0);
    }
    return after.room.joinedCount < after.members.size;
  });
});

test("PL2 power is given by those who have it, never to their equals, and nobody else lowers the creator", () => {
  whatever(({ drafts, before }) => {
    const changes = drafts.filter(({ type, sender }) => type === POWER_LEVEL && !isServerFqid(sender));
    for (const { sender, content } of changes) {
      const { participant, power_level: level } = content as { participant: string; power_level: number };
      const by = before.members.get(sender)!;
      const of = before.members.get(participant as typeof sender)!;
      assert.ok(by.powerLevel >= level);
      if (sender === participant) continue;
      assert.ok(by.powerLevel > of.powerLevel);
      if (participant === before.room.creator) assert.ok(level >= of.powerLevel);
    }
    return changes.length > 0;
  });
});

test("MB18 a room never has more members and invitees than it may", () => {
  whatever(({ decision, after }) => {
    const { roomType, joinedCount, invitedCount } = after.room;
    assert.ok(joinedCount + invitedCount <= (roomType === "dm" ? 2 : LIMITS.max_participants!));
    return "refusal" in decision && decision.refusal.rule === "MB18";
  });
});

test("DM3 DM4 a direct room has its two sides and nobody else, both with power 100 while joined", () => {
  whatever(({ after }) => {
    if (after.room.roomType !== "dm") return false;
    assert.deepEqual(
      [...after.members.keys()].sort(),
      PEOPLE.slice(0, 2)
        .map(({ fqid }) => fqid)
        .sort(),
    );
    for (const row of joined(after)) assert.equal(row.powerLevel, 100);
    return true;
  });
});
