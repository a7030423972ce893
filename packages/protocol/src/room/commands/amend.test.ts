import assert from "node:assert/strict";
import { test } from "node:test";
import { factsBetween, GROUP, memberCalled, personCalled } from "../../../test/rooms.ts";
import { canonical } from "../../canonical.ts";
import type { ErrorCode } from "../../errors.ts";
import type { EventId } from "../../ids.ts";
import type { JsonObject } from "../../json.ts";
import { decide, type RoomCommand } from "../decide.ts";
import type { Decision, EventFacts, Facts } from "../decision.ts";
import { type RoomState } from "../state.ts";

const DAY = 86_400;
const SAID: EventFacts = {
  id: "evt-1" as EventId,
  type: "swp.room.message",
  sender: personCalled("ann").fqid,
  hubTs: 1000,
  isRedacted: false,
  content: { body: "hello" },
};

interface Situation {
  room?: Partial<RoomState>;
  actor?: string;
  membership?: "join" | "invite" | "leave" | "ban";
  power?: number;
  event?: Partial<EventFacts> | null;
  laterMs?: number;
  window?: number | null;
  admin?: boolean;
}

function factsOf({ room, actor = "ann", membership = "join", power = 0, event, ...rest }: Situation): Facts {
  const bare = factsBetween({ ...GROUP, ...room }, memberCalled(actor, membership, { powerLevel: power }));
  return {
    ...bare,
    now: 1000 + (rest.laterMs ?? 0),
    limits: { ...bare.limits, edit_window_seconds: rest.window === undefined ? DAY : rest.window },
    actor: { ...bare.actor, isTenantAdmin: rest.admin ?? false },
    event: event === null ? undefined : { ...SAID, ...event },
  };
}

const edit = (content: JsonObject, missing?: "SW_PARTICIPANT_NOT_FOUND"): RoomCommand => ({
  kind: "edit",
  content,
  text: canonical(content),
  missing,
});
const react = (action: "add" | "remove"): RoomCommand => ({ kind: "react", emoji: "👍", action });
const CHANGED = edit({ body: "hi" });
const REDACT: RoomCommand = { kind: "redact" };

function refused(situation: Situation, command: RoomCommand, code: ErrorCode, rule?: string): void {
  const decision = decide(factsOf(situation), command);
  assert("refusal" in decision, `${command.kind} was granted`);
  assert.equal(decision.refusal.code, code);
  if (rule !== undefined) assert.equal(decision.refusal.rule, rule);
}

function drafts(situation: Situation, command: RoomCommand): object[] {
  const decision: Decision = decide(factsOf(situation), command);
  assert("drafts" in decision, JSON.stringify(decision));
  return decision.drafts.map(({ type, content, sender }) => ({ type, content, sender }));
}

test("EV3 the sender edits what they said, within the tenant's time", () => {
  const sender = personCalled("ann").fqid;
  const event = { type: "swp.room.edit", content: { event_id: "evt-1", content: { body: "hi" } }, sender };
  assert.deepEqual(drafts({}, CHANGED), [event]);
  assert.deepEqual(drafts({ event: { type: "acme.deploy" } }, CHANGED), [event]);
  assert.deepEqual(drafts({ laterMs: DAY * 1000 }, CHANGED), [event]);
  assert.deepEqual(drafts({ laterMs: 100 * DAY * 1000, window: null }, CHANGED), [event]);
  refused({ laterMs: DAY * 1000 + 1 }, CHANGED, "SW_EVENT_TOO_OLD_TO_EDIT", "EV3");
  refused({ laterMs: 1001, window: 1 }, CHANGED, "SW_EVENT_TOO_OLD_TO_EDIT", "EV3");
});

test("EV3 the canonical text that an edit hands on is that of its content", () => {
  for (const content of [{}, { body: 'a "b" \\ \u2028' }, { z: 1, a: [{ event_id: "x" }] }]) {
    const decision = decide(factsOf({}), edit(content));
    assert("drafts" in decision);
    const [draft] = decision.drafts;
    assert.equal(draft!.text, canonical(draft!.content));
  }
});

test("EV3 nobody edits what another said, whatever their power, nor what was redacted, nor a state event", () => {
  refused({ actor: "creator", power: 100 }, CHANGED, "SW_EDIT_FORBIDDEN", "EV3");
  refused({ event: { sender: null } }, CHANGED, "SW_EDIT_FORBIDDEN", "EV3");
  refused({ event: { isRedacted: true, content: null } }, CHANGED, "SW_EDIT_FORBIDDEN", "EV3");
  for (const type of ["swp.room.name", "swp.room.member", "swp.room.edit", "swp.room.reaction", "swp.room.redaction"]) {
    refused({ event: { type } }, CHANGED, "SW_REQUEST_INVALID", "EV3");
    refused({ event: { type } }, REDACT, "SW_REQUEST_INVALID", "EV4");
  }
});

test("EV3 an edit to the same content changes nothing, in whatever order its keys come", () => {
  assert.deepEqual(drafts({}, edit({ body: "hello" })), []);
  const event = { content: { b: 1, a: { d: 2, c: 3 } } };
  assert.deepEqual(drafts({ event }, edit({ a: { c: 3, d: 2 }, b: 1 })), []);
});

test("EV4 one redacts one's own with any power, and again changes nothing", () => {
  const sender = personCalled("ann").fqid;
  const event = { type: "swp.room.redaction", content: { event_id: "evt-1" }, sender };
  assert.deepEqual(drafts({}, REDACT), [event]);
  assert.deepEqual(drafts({}, { kind: "redact", reason: "typo" }), [
    { ...event, content: { ...event.content, reason: "typo" } },
  ]);
  assert.deepEqual(drafts({ event: { isRedacted: true, content: null } }, REDACT), []);
  refused({ actor: "bob", event: { isRedacted: true, content: null } }, REDACT, "SW_REDACT_FORBIDDEN", "EV4");
});

test("EV4 redacting needs 50 or to be the sender, for all pairs of power", () => {
  const POWERS = [0, 49, 50, 51, 99, 100, "creator"] as const;
  const nameOf = (power: (typeof POWERS)[number], side: string) =>
    power === "creator" ? "creator" : `${side}-${power}`;
  for (const actor of POWERS) {
    for (const author of POWERS) {
      const isOwn = actor === "creator" && author === "creator";
      const power = actor === "creator" ? 100 : actor;
      const situation = {
        actor: nameOf(actor, "actor"),
        power,
        event: { sender: personCalled(nameOf(author, "author")).fqid },
      };
      if (isOwn || power >= 50) assert.equal(drafts(situation, REDACT).length, 1, `${actor} of ${author}`);
      else {
        const decision = decide(factsOf(situation), REDACT);
        assert("refusal" in decision, `${actor} of ${author}`);
        const { code, rule, needed, actual } = decision.refusal;
        assert.deepEqual([code, rule, needed, actual], ["SW_REDACT_FORBIDDEN", "EV4", 50, power]);
      }
      // Power says nothing of one's own.
      const own = { actor: nameOf(actor, "one"), power, event: { sender: personCalled(nameOf(actor, "one")).fqid } };
      assert.equal(drafts(own, REDACT).length, 1);
    }
  }
});

test("EV5 adding and removing a reaction change nothing where they say what is", () => {
  const sender = personCalled("ann").fqid;
  const reaction = (isMine: boolean) => ({ event: { reaction: { isMine, isNew: !isMine, emojis: isMine ? 1 : 0 } } });
  const event = (action: string) => ({
    type: "swp.room.reaction",
    content: { event_id: "evt-1", emoji: "👍", action },
    sender,
  });
  assert.deepEqual(drafts(reaction(false), react("add")), [event("add")]);
  assert.deepEqual(drafts(reaction(true), react("add")), []);
  assert.deepEqual(drafts(reaction(true), react("remove")), [event("remove")]);
  assert.deepEqual(drafts(reaction(false), react("remove")), []);
  assert.deepEqual(drafts({ event: { type: "swp.room.member" } }, react("add")), [event("add")]);
});

test("EV5 an event takes so many different emoji, and any number of each", () => {
  const on = (emojis: number, isNew: boolean) => ({ event: { reaction: { isMine: false, isNew, emojis } } });
  assert.equal(drafts(on(49, true), react("add")).length, 1);
  refused(on(50, true), react("add"), "SW_EVENT_CAPACITY", "EV5");
  assert.equal(drafts(on(50, false), react("add")).length, 1);
  assert.equal(drafts(on(50, true), react("remove")).length, 0);
});

test("EV5 what is redacted takes no reaction, and what is about another event has none", () => {
  const redacted = { event: { isRedacted: true, content: null } };
  refused(redacted, react("add"), "SW_ROOM_FORBIDDEN", "EV5");
  assert.deepEqual(drafts(redacted, react("remove")), []);
  const unreasoned = { event: { type: "swp.room.member", isRedacted: true, content: { membership: "ban" } } };
  refused(unreasoned, react("add"), "SW_ROOM_FORBIDDEN", "EV5");
  for (const type of ["swp.room.edit", "swp.room.reaction", "swp.room.redaction"]) {
    refused({ event: { type } }, react("add"), "SW_REQUEST_INVALID", "EV5");
  }
});

test("AP1 edit, redact and react refuse in the one order of checks", () => {
  const commands: [RoomCommand, string][] = [
    [edit({ body: "hi" }, "SW_PARTICIPANT_NOT_FOUND"), "EV3"],
    [REDACT, "EV4"],
    [react("add"), "EV5"],
  ];
  for (const [command, rule] of commands) {
    const nothing: Situation = { actor: "eve", membership: "leave", room: { state: "archived" }, event: null };
    refused(nothing, command, "SW_ROOM_FORBIDDEN", "VS3");
    refused({ ...nothing, membership: "ban" }, command, "SW_ROOM_FORBIDDEN", "MB2");
    refused({ ...nothing, membership: "invite" }, command, "SW_ROOM_FROZEN", "LC1");
    refused({ ...nothing, membership: "join" }, command, "SW_ROOM_FROZEN", "LC1");
    refused({ ...nothing, membership: "join", room: { state: "closed" } }, command, "SW_ROOM_FROZEN", "LC1");
    refused({ ...nothing, membership: "invite", room: {} }, command, "SW_ROOM_FORBIDDEN", rule);
    refused({ ...nothing, membership: "join", room: {} }, command, "SW_EVENT_NOT_FOUND");
  }
  const late = { laterMs: 2 * DAY * 1000 };
  refused({ ...late, actor: "eve", event: { type: "swp.room.name" } }, commands[0]![0], "SW_PARTICIPANT_NOT_FOUND");
  refused({ ...late, actor: "eve", event: { type: "swp.room.name" } }, CHANGED, "SW_REQUEST_INVALID");
  refused({ ...late, actor: "eve" }, CHANGED, "SW_EDIT_FORBIDDEN");
  refused({ ...late }, edit({ body: "hello" }), "SW_EVENT_TOO_OLD_TO_EDIT");
});

test("LC8 an administrator redacts in any room and state, and the server is the sender", () => {
  const command: RoomCommand = { kind: "adminRedact", reason: "abuse" };
  const event = {
    type: "swp.room.redaction",
    content: { event_id: "evt-1", reason: "abuse" },
    sender: "@:acme.example",
  };
  for (const state of ["open", "archived", "closed"] as const) {
    for (const membership of ["join", "leave", "ban"] as const) {
      assert.deepEqual(drafts({ admin: true, actor: "root", membership, room: { state } }, command), [event]);
    }
  }
  assert.deepEqual(drafts({ admin: true, event: { isRedacted: true, content: null } }, command), []);
  refused({ power: 100 }, command, "SW_AUTH_INSUFFICIENT_PERMISSION", "LC8");
  refused({ admin: true, event: null }, command, "SW_EVENT_NOT_FOUND");
  const decision = decide({ ...factsOf({ admin: true }), room: undefined }, command);
  assert.deepEqual(decision, { refusal: { code: "SW_ROOM_NOT_FOUND" } });
});

test("LC8 of events that nobody sent an administrator takes the reason, where there is one", () => {
  const command: RoomCommand = { kind: "adminRedact", reason: "abuse" };
  const kick = { type: "swp.room.member", content: { membership: "leave", cause: "kicked", reason: "words" } };
  assert.equal(drafts({ admin: true, event: kick }, command).length, 1);
  const redaction = { type: "swp.room.redaction", content: { event_id: "evt-0", reason: "words" } };
  assert.equal(drafts({ admin: true, event: redaction }, command).length, 1);
  for (const event of [
    { type: "swp.room.name", content: { name: "words" } },
    { type: "swp.room.edit", content: { event_id: "evt-0", content: { reason: "words" } } },
  ]) {
    refused({ admin: true, event }, command, "SW_REQUEST_INVALID", "LC8");
  }
  assert.deepEqual(drafts({ admin: true, event: { ...kick, isRedacted: true } }, command), []);
});
