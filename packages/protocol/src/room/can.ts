import { type CanAction, CanActions } from "../api/shapes.ts";
import { notParted } from "./commands/federate.ts";
import { type CommandKind, decide, objection, type RoomCommand } from "./decide.ts";
import { type Facts, refuse } from "./decision.ts";
import { mustBeJoined, notDm, notFrozen, type Objection, roomOf, seen, targetMember } from "./guards.ts";

/** The command behind each action that `can` names; the rest are no commands on the log. */
const COMMAND: { readonly [A in CanAction]?: CommandKind } = {
  send: "send",
  invite: "invite",
  kick: "kick",
  ban: "ban",
  rename: "name",
  set_topic: "topic",
  move: "workspace",
  set_power: "power",
  archive: "archive",
  close: "close",
  restore: "rejoin",
};

/** Why the caller could not do this now, or nothing: the same functions that decide (spec/model.md, "Room"). */
export function cannot(facts: Facts, action: CanAction): Objection {
  return mayNot(facts, action) ?? inFull(facts, action);
}

/** As `cannot`, as far as it can be said without whom an action names and how much room there is. */
export function can(facts: Facts): Record<CanAction, boolean> {
  const answer = {} as Record<CanAction, boolean>;
  for (const action of CanActions) answer[action] = mayNot(facts, action) === undefined;
  return answer;
}

function mayNot(facts: Facts, action: CanAction): Objection {
  const command = COMMAND[action];
  if (command !== undefined) return objection(facts, command) ?? wouldChange(facts, action);
  return action === "export" ? mayExport(facts) : mayFederate(facts);
}

/** The whole decision, where the action needs nobody named, or somebody is. */
function inFull(facts: Facts, action: CanAction): Objection {
  const command = wholeCommand(facts, action);
  const decision = command === undefined ? undefined : decide(facts, command);
  return decision !== undefined && "refusal" in decision ? decision : undefined;
}

function wholeCommand(facts: Facts, action: CanAction): RoomCommand | undefined {
  if (action === "restore") return { kind: "rejoin" };
  return facts.target === undefined ? undefined : commandTo(action, targetMember(facts)?.powerLevel ?? 0);
}

function commandTo(action: CanAction, present: number): RoomCommand | undefined {
  switch (action) {
    case "invite":
      return { kind: "invite" };
    case "kick":
      return { kind: "kick" };
    case "ban":
      return { kind: "ban", expiresAt: null };
    case "set_power":
      return { kind: "power", level: present === 0 ? 1 : 0 };
    default:
      return undefined;
  }
}

/** Archive, close and restore answer a repeat with success; nobody "can" what already holds. */
function wouldChange(facts: Facts, action: CanAction): Objection {
  const { state } = roomOf(facts);
  const holds =
    (action === "archive" && state !== "open") ||
    (action === "close" && state === "closed") ||
    (action === "restore" && state !== "archived");
  return holds ? refuse("SW_MEMBER_STATE", "LC4", { message: `The room is ${state}.` }) : undefined;
}

/** BU1, BU2. */
function mayExport(facts: Facts): Objection {
  const hidden = seen(facts);
  if (hidden !== undefined) return hidden;
  const { scopeKind, federated } = roomOf(facts);
  if (scopeKind === "incognito") return refuse("SW_ROOM_EXPORT_REFUSED", "BU2");
  if (federated || facts.isReplica === true) {
    return refuse("SW_ROOM_EXPORT_REFUSED", "BU2", {
      message: "A room that is shared with other servers cannot be exported.",
    });
  }
  return mustBeJoined(facts, "BU1");
}

/** FD10: to open the room to other servers, or to end that where it is. */
function mayFederate(facts: Facts): Objection {
  const hidden = seen(facts) ?? notDm(facts);
  if (hidden !== undefined) return hidden;
  const { scopeKind, federated } = roomOf(facts);
  if (scopeKind === "incognito") return refuse("SW_ROOM_TYPE_INVARIANT", "FD10");
  // Of another server's room all of ours may be taken out, in whatever state it is.
  const frozen = facts.isReplica === true && federated ? undefined : notFrozen(facts);
  if (frozen !== undefined) return frozen;
  if (!facts.actor.isTenantAdmin) return refuse("SW_AUTH_INSUFFICIENT_PERMISSION", "FD10");
  return federated ? undefined : notParted(facts);
}
