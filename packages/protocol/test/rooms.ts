import type { Fqid } from "../src/ids.ts";
import {
  type Facts,
  type MemberState,
  type Membership,
  type Person,
  POWER,
  type RoomState,
} from "../src/room/index.ts";
import { NO_LIMITS } from "./facts.ts";

/** Parts of facts for tests that look at one corner of a rule. */
export function personCalled(name: string, more: Partial<Person> = {}): Person {
  const fqid = `@${name}:acme.example` as Fqid;
  return { fqid, participantType: "human", isDeactivated: false, autoJoin: false, ...more };
}

export function memberCalled(name: string, membership: Membership, more: Partial<MemberState> = {}): MemberState {
  return {
    fqid: personCalled(name).fqid,
    membership,
    powerLevel: POWER.member,
    joinedPosition: membership === "join" ? 2 : null,
    joinedAt: membership === "join" ? 0 : null,
    leftPosition: null,
    invitedBy: null,
    cause: null,
    reason: null,
    banExpiresAt: null,
    powerAtLeave: null,
    position: 2,
    ...more,
  };
}

/** An open, unlisted group with three members, one of them an admin. */
export const GROUP: RoomState = {
  roomType: "group",
  scopeKind: null,
  name: "Team",
  topic: null,
  isPublic: false,
  closeOnLeave: false,
  creator: personCalled("creator").fqid,
  workspaceId: "ws-home",
  state: "open",
  federated: false,
  joinedCount: 3,
  invitedCount: 0,
  adminCount: 1,
  createdAt: 0,
  archivedAt: null,
  closedAt: null,
};

/** What `actor` finds who acts on `target`. */
export function factsBetween(room: RoomState, actor: MemberState, target?: MemberState): Facts {
  const personOf = ({ fqid }: MemberState): Person => ({ ...personCalled(""), fqid });
  return {
    now: 1000,
    serverName: "acme.example",
    room,
    actor: { person: personOf(actor), member: actor, isTenantAdmin: false },
    ...(target === undefined ? {} : { target: { person: personOf(target), member: target } }),
    limits: NO_LIMITS,
  };
}
