import { type Ban, ban, type Unban, unban } from "./commands/ban.ts";
import { type Edit, edit } from "./commands/edit.ts";
import { type React, react } from "./commands/react.ts";
import { type AdminRedact, adminRedact, type Redact, redact } from "./commands/redact.ts";
import { type Deactivate, deactivate, type Withdraw, withdraw } from "./commands/deactivate.ts";
import { createRoom, type CreateRoom } from "./commands/create.ts";
import { openDm, type OpenDm } from "./commands/dm.ts";
import { openFederatedDm, type OpenFederatedDm } from "./commands/federated-dm.ts";
import { type Federate, federate } from "./commands/federate.ts";
import { type FedInvite, fedInvite } from "./commands/fed-invite.ts";
import { type Invite, invite } from "./commands/invite.ts";
import { type Join, join } from "./commands/join.ts";
import { type Kick, kick } from "./commands/kick.ts";
import { type Leave, leave } from "./commands/leave.ts";
import { type Archive, archive, type Close, close, type Rejoin, rejoin } from "./commands/life.ts";
import { restore, type Restore } from "./commands/restore.ts";
import { power, type SetPower } from "./commands/power.ts";
import type { Rule } from "./commands/rule.ts";
import { type Send, send } from "./commands/send.ts";
import {
  type Move,
  move,
  type Rename,
  rename,
  setTopic,
  type SetTopic,
  setVisibility,
  type SetVisibility,
} from "./commands/settings.ts";
import type { Decision, Facts } from "./decision.ts";
import type { Objection } from "./guards.ts";
import { withoutLastWords } from "./incognito.ts";

export type RoomCommand =
  | Invite
  | Join
  | Leave
  | Kick
  | Ban
  | Unban
  | SetPower
  | Rename
  | SetTopic
  | Move
  | SetVisibility
  | Archive
  | Close
  | Rejoin
  | Restore
  | Withdraw
  | Deactivate
  | Send
  | Edit
  | Redact
  | AdminRedact
  | React
  | Federate
  | FedInvite;

export type Command = CreateRoom | OpenDm | OpenFederatedDm | RoomCommand;
export type CommandKind = RoomCommand["kind"];

const RULES: { readonly [K in CommandKind]: Rule<Extract<RoomCommand, { kind: K }>> } = {
  invite,
  join,
  leave,
  kick,
  ban,
  unban,
  power,
  name: rename,
  topic: setTopic,
  workspace: move,
  visibility: setVisibility,
  archive,
  close,
  rejoin,
  restore,
  withdraw,
  deactivate,
  send,
  edit,
  redact,
  adminRedact,
  react,
  federate,
  fedInvite,
};

/**
 * Decides a command: the events it makes, none when it changes nothing, or one refusal, in the order of AP1.
 * Pure: the answer follows from the facts alone.
 */
export function decide(facts: Facts, command: Command): Decision {
  if (command.kind === "create") return createRoom(facts, command);
  if (command.kind === "dm") return openDm(facts);
  if (command.kind === "federatedDm") return openFederatedDm(facts);
  const rule = RULES[command.kind] as Rule<RoomCommand>;
  return withoutLastWords(facts.room, rule.may(facts) ?? rule.outcome(facts, command));
}

/** Everything about a command that can be said without its object: visibility, type, freeze, membership, power. */
export function objection(facts: Facts, kind: CommandKind): Objection {
  return RULES[kind].may(facts);
}
