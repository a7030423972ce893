import type { Fqid } from "../src/ids.ts";
import type { JsonObject } from "../src/json.ts";
import {
  apply,
  asOf,
  type Command,
  type Decision,
  decide,
  type Draft,
  type Facts,
  type LoggedEvent,
  type MemberState,
  MESSAGE,
  type Person,
  type RoomState,
  subjectOf,
} from "../src/room/index.ts";
import { personCalled } from "./rooms.ts";

const FAY = "@fay:far.example" as Fqid;
/** Six people of all kinds; the bot accepts invites at once. */
export const PEOPLE: readonly Person[] = [
  personCalled("ann"),
  personCalled("bob"),
  personCalled("cara"),
  personCalled("robo", { participantType: "bot", autoJoin: true }),
  personCalled("ada", { participantType: "agent" }),
  { ...personCalled("fay", { participantType: "federated" }), fqid: FAY },
];
/** Small, so that random worlds meet them. */
export const LIMITS: Facts["limits"] = {
  max_participants: 5,
  max_rooms: null,
  open_invites: 2,
  edit_window_seconds: null,
};
const SERVER = "acme.example";

/** How a room begins, by the first of the people. */
export const KINDS = ["group", "listed group", "public", "incognito", "incognito group", "dm"] as const;
export type Kind = (typeof KINDS)[number];

/** One command of one person; what a kind does not use is ignored. */
export interface Step {
  readonly kind: Exclude<Command["kind"], "create" | "edit" | "redact" | "adminRedact" | "react" | "withdraw">;
  readonly actor: number;
  readonly target: number;
  readonly level: number;
  /** How long after the step before, in milliseconds. */
  readonly later: number;
  /** How long a ban holds; null for good. */
  readonly banMs: number | null;
  readonly flag: boolean;
}

/** What one command did. */
export interface Turn {
  readonly step: Step;
  readonly facts: Facts;
  readonly command: Command;
  readonly decision: Decision;
  readonly drafts: readonly Draft[];
  readonly before: Snapshot;
  readonly after: Snapshot;
}

export interface Snapshot {
  readonly room: RoomState;
  readonly members: ReadonlyMap<Fqid, MemberState>;
}

/** One room and its people in memory: facts → decide → events → apply, as the server does it, and nothing else. */
export class World {
  readonly log: LoggedEvent[] = [];
  room: RoomState | undefined;
  members: ReadonlyMap<Fqid, MemberState> = new Map();
  now = 1_000_000;

  constructor(kind: Kind) {
    if (kind === "dm") {
      this.#append(granted(decide(this.#facts(0, 1), { kind: "dm" })));
      return;
    }
    const isIncognito = kind.startsWith("incognito");
    const command: Command = {
      kind: "create",
      roomType: kind === "public" || kind === "incognito" ? kind : "group",
      scopeKind: isIncognito ? "incognito" : null,
      name: "World",
      topic: null,
      isPublic: kind === "listed group" ? true : undefined,
      closeOnLeave: undefined,
      workspaceId: "ws-home",
      role: "owner",
    };
    this.#append(granted(decide(this.#facts(0, undefined), command)));
  }

  /** Undefined for what the door refuses before it asks: naming oneself (MB3). */
  take(step: Step): Turn | undefined {
    this.now += step.later;
    const isDm = this.room!.roomType === "dm";
    // Only its two sides can reach a direct room at all.
    const actor = isDm ? step.actor % 2 : step.actor;
    const target = isDm ? 1 - actor : step.target;
    // `POST /rooms/dm` never finds a closed one (DM5), nor a room of another type.
    if (step.kind === "dm" && (!isDm || this.room!.state === "closed")) return undefined;
    if (["invite", "kick", "ban"].includes(step.kind) && actor === target) return undefined;

    const facts = frozen(this.#factsFor(step.kind, actor, isDm || NAMES_SOMEBODY.has(step.kind) ? target : undefined));
    const command = commandOf(step, this.now);
    const decision = decide(facts, command);
    const before = { room: this.room!, members: this.members };
    const drafts = "drafts" in decision ? decision.drafts : [];
    this.#append(drafts);
    return { step, facts, command, decision, drafts, before, after: { room: this.room!, members: this.members } };
  }

  /** The decision on the same command again, now. */
  again({ step, command }: Turn): Decision {
    const isDm = this.room!.roomType === "dm";
    const actor = isDm ? step.actor % 2 : step.actor;
    const target = isDm ? 1 - actor : step.target;
    return decide(
      this.#factsFor(step.kind, actor, isDm || NAMES_SOMEBODY.has(step.kind) ? target : undefined),
      command,
    );
  }

  /** With the end of sharing a room go those from elsewhere, whoever asks: the heir is among the others. */
  #factsFor(kind: Step["kind"], actor: number, target: number | undefined): Facts {
    const facts = this.#facts(actor, target);
    return kind === "federate" ? { ...facts, heir: heirWithout([...this.members.values()], undefined) } : facts;
  }

  #facts(actor: number, target: number | undefined): Facts {
    const rowOf = (index: number) => this.members.get(PEOPLE[index]!.fqid);
    const me = PEOPLE[actor]!;
    const rows = [...this.members.values()];
    return {
      now: this.now,
      serverName: SERVER,
      room: this.room,
      actor: { person: me, member: rowOf(actor), isTenantAdmin: true },
      ...(target === undefined ? {} : { target: { person: PEOPLE[target]!, member: rowOf(target) } }),
      // Who goes by a command that names somebody is the one named.
      heir: heirWithout(rows, PEOPLE[target ?? actor]!.fqid) ?? heirWithout(rows, me.fqid),
      openInvites: rows.filter((row) => row.membership === "invite" && row.invitedBy === me.fqid).length,
      openRooms: 0,
      federation: { isAllowed: true, membersMayInvite: true, foreign: foreigners(rows).length, maxForeign: 1 },
      foreigners: foreigners(rows),
      limits: LIMITS,
    };
  }

  #append(drafts: readonly Draft[]): void {
    const ids = drafts.map((_, i) => `evt-${this.log.length + i + 1}`);
    for (const { type, content, causedBy, sender } of drafts) {
      const said: JsonObject = causedBy === undefined ? content : { ...content, cause_event_id: ids[causedBy]! };
      const event = { position: this.log.length + 1, type, content: said, sender, hubTs: this.now };
      const subject = subjectOf(event);
      const after = apply(this.room, subject && this.members.get(subject), event);
      this.room = after.room;
      if (after.member !== undefined) this.members = new Map(this.members).set(after.member.fqid, after.member);
      this.log.push(event);
    }
  }
}

const NAMES_SOMEBODY: ReadonlySet<Command["kind"]> = new Set([
  "invite",
  "kick",
  "ban",
  "unban",
  "power",
  "dm",
  "restore",
  "fedInvite",
]);

function commandOf({ kind, level, banMs, flag }: Step, now: number): Command {
  const reason = flag ? { reason: "why" } : {};
  switch (kind) {
    case "ban":
      return { kind, expiresAt: banMs === null ? null : now + banMs, ...reason };
    case "power":
      return { kind, level };
    case "name":
      return { kind, name: flag ? "World" : `World ${level}` };
    case "topic":
      return { kind, topic: flag ? null : "Things" };
    case "workspace":
      return {
        kind,
        workspaceId: flag ? "ws-home" : "ws-new",
        role: level < 50 ? undefined : level < 99 ? "viewer" : "editor",
      };
    case "visibility":
      return { kind, isPublic: flag };
    case "send":
      return { kind, eventType: MESSAGE, content: { body: "hello" }, text: '{"body":"hello"}' };
    case "federate":
      return { kind, enabled: flag };
    case "join":
    case "rejoin":
    case "dm":
    case "federatedDm":
    case "unban":
    case "restore":
    case "deactivate":
      return { kind };
    case "archive":
    case "close":
    case "invite":
    case "kick":
    case "leave":
    case "fedInvite":
      return { kind, ...reason } as Command;
  }
}

function foreigners(rows: readonly MemberState[]): MemberState[] {
  return rows.filter(({ fqid, membership }) => fqid === FAY && (membership === "join" || membership === "invite"));
}

/** MB15, in plain words: kind of person, then power, then who came first. */
function heirWithout(rows: readonly MemberState[], gone: Fqid | undefined): Fqid | undefined {
  const rank = ({ fqid }: MemberState) => {
    const kind = PEOPLE.find((person) => person.fqid === fqid)!.participantType;
    return kind === "human" ? 0 : kind === "federated" ? 2 : 1;
  };
  return rows
    .filter((row) => row.membership === "join" && row.fqid !== gone)
    .sort((a, b) => rank(a) - rank(b) || b.powerLevel - a.powerLevel || a.joinedPosition! - b.joinedPosition!)[0]?.fqid;
}

function granted(decision: Decision): readonly Draft[] {
  if ("refusal" in decision) throw new Error(`a world did not begin: ${JSON.stringify(decision.refusal)}`);
  return decision.drafts;
}

/** Deciding must not change what it is asked about. */
function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

export function joined({ members }: Snapshot): MemberState[] {
  return [...members.values()].filter((row) => row.membership === "join");
}

/** The membership of somebody as of a time: `none` for no row. */
export function membershipOf({ members }: Snapshot, fqid: Fqid, now: number): MemberState["membership"] | "none" {
  return asOf(members.get(fqid), now)?.membership ?? "none";
}
