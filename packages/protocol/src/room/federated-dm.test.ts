import assert from "node:assert/strict";
import { test } from "node:test";
import { factsBetween, GROUP, memberCalled, personCalled } from "../../test/rooms.ts";
import type { Fqid } from "../ids.ts";
import { decide } from "./decide.ts";
import type { Facts } from "./decision.ts";
import type { LeaveCause, MemberState, RoomState } from "./state.ts";

const FAY = "@fay:far.example" as Fqid;
const fay = personCalled("fay", { fqid: FAY, participantType: "federated" });
const ann = memberCalled("ann", "join", { powerLevel: 100 });
const OPEN = { kind: "federatedDm" } as const;
const DM: RoomState = { ...GROUP, roomType: "dm", name: null, federated: true, joinedCount: 2, adminCount: 2 };
const SHARES = { isAllowed: true, membersMayInvite: false, foreign: 0, maxForeign: 50 };

function withFay(room: RoomState | undefined, mine: MemberState | undefined, hers: MemberState | undefined): Facts {
  const facts = factsBetween(room ?? DM, ann);
  const target = { person: fay, member: hers };
  return { ...facts, room, target, federation: SHARES, actor: { ...facts.actor, member: mine } };
}

/** What is said: types without what all have, by whom, and what of whom. */
function drafts(facts: Facts): unknown[] {
  const decision = decide(facts, OPEN);
  assert.ok("drafts" in decision, JSON.stringify(decision));
  return decision.drafts.map(({ type, sender, content }) => {
    return [type.slice("swp.room.".length), sender, content["membership"] ?? content["state"] ?? content["enabled"]];
  });
}

function refusal(facts: Facts) {
  const decision = decide(facts, OPEN);
  assert.ok("refusal" in decision, JSON.stringify(decision));
  return [decision.refusal.code, decision.refusal.rule];
}

const here = (
  membership: "join" | "invite" | "leave",
  cause: LeaveCause | null = null,
  joinedPosition: number | null = 2,
) => ({ ...memberCalled("fay", membership, { cause, joinedPosition }), fqid: FAY }) satisfies MemberState;

const SERVER = "@:acme.example";
const ANN = ann.fqid;

test("FD24 a direct room begins with its opener in it and the other invited, shared from the first", () => {
  assert.deepEqual(drafts(withFay(undefined, undefined, undefined)), [
    ["create", ANN, undefined],
    ["member", ANN, "join"],
    ["federation", SERVER, true],
    ["member", ANN, "invite"],
  ]);
  const bot = {
    ...withFay(undefined, undefined, undefined),
    target: { person: { ...fay, autoJoin: true }, member: undefined },
  };
  assert.deepEqual(drafts(bot).slice(-2), [
    ["member", ANN, "invite"],
    ["member", FAY, "join"],
  ]);
});

test("FD24 DM4 who left comes back with it; who never was in, declined or was deactivated elsewhere is invited", () => {
  for (const [hers, said] of [
    [here("join"), []],
    [here("invite", null, null), []],
    [here("leave", "left"), [["member", SERVER, "join"]]],
    [here("leave", "declined", null), [["member", ANN, "invite"]]],
    [here("leave", "declined"), [["member", ANN, "invite"]]],
    [here("leave", "deactivated"), [["member", ANN, "invite"]]],
    [undefined, [["member", ANN, "invite"]]],
  ] as const) {
    assert.deepEqual(drafts(withFay(DM, ann, hers)), said, JSON.stringify(hers));
    const gone = memberCalled("ann", "leave", { cause: "declined", joinedPosition: null });
    assert.deepEqual(drafts(withFay(DM, gone, hers)), [["member", ANN, "join"], ...said]);
    assert.deepEqual(drafts(withFay({ ...DM, state: "archived" }, ann, hers)), [["state", ANN, "open"], ...said]);
  }
});

test("DM4 FD24 a message brings back who left, and nobody who was never in or was deactivated elsewhere", () => {
  const send = { kind: "send", eventType: "swp.room.message", content: { body: "x" }, text: '{"body":"x"}' } as const;
  for (const [hers, count] of [
    [here("leave", "left"), 2],
    [here("leave", "declined", null), 1],
    [here("leave", "declined"), 1],
    [here("leave", "deactivated"), 1],
    [here("invite", null, null), 1],
  ] as const) {
    const decision = decide(withFay(DM, ann, hers), send);
    assert.equal("drafts" in decision && decision.drafts.length, count, JSON.stringify(hers));
  }
});

test("FD24 a direct room is opened with somebody who is there, where policy shares, and by its sides alone", () => {
  const fresh = withFay(undefined, undefined, undefined);
  const gone = { ...fresh, target: { person: { ...fay, isDeactivated: true }, member: undefined } };
  assert.deepEqual(refusal(gone), ["SW_PARTICIPANT_NOT_FOUND", "MB3"]);
  assert.deepEqual(refusal({ ...fresh, target: { person: undefined, member: undefined } }), [
    "SW_PARTICIPANT_NOT_FOUND",
    "MB3",
  ]);
  assert.deepEqual(refusal({ ...fresh, federation: { ...SHARES, isAllowed: false } }), ["SW_FED_POLICY", "FD11"]);
  assert.deepEqual(refusal({ ...fresh, federation: { ...SHARES, maxForeign: 0 } }), ["SW_FED_POLICY", "FD11"]);
  assert.deepEqual(refusal(withFay(DM, undefined, here("join"))), ["SW_ROOM_NOT_FOUND", undefined]);
  assert.deepEqual(refusal(withFay({ ...DM, state: "closed" }, ann, here("join"))), ["SW_ROOM_FROZEN", "LC1"]);
  assert.deepEqual(refusal({ ...withFay({ ...DM, federated: false }, ann, here("join")), isReplica: true }), [
    "SW_ROOM_FROZEN",
    "FD10",
  ]);
  const local = decide(fresh, { kind: "dm" });
  assert.equal("refusal" in local && local.refusal.rule, "FD24");
});
