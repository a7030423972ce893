/**
 * The second opinion: what answer is due to each command, and what it changes. Written from spec/rules.md, in the order
 * of AP1, and kept plain: it is read beside the rules. It changes the world it is given.
 */
import { ASKS } from "./asks.ts";
import type { Command } from "./commands.ts";
import { DOES } from "./does.ts";
import { entered, mustBeJoined, Refused, refusalOf, seen } from "./guards.ts";
import type { Done } from "./objects.ts";
import * as shows from "./views.ts";
import { readsTo, type World } from "./world.ts";

/** An answer that is due. Undefined parts are not fixed by the specification. */
export interface Due {
  readonly status: number;
  readonly code?: string;
  readonly rule?: string | undefined;
  readonly needed?: number | undefined;
  readonly actual?: number | undefined;
  readonly replayed?: boolean;
  /** What was made or found by calls that name none of their kind: a room, or a file. */
  readonly made?: string | undefined;
  readonly data?: unknown;
  readonly invites?: unknown;
}

const DAY = 24 * 3600 * 1000;

export function answerTo(world: World, command: Command): Due {
  let due: Due | undefined;
  const refusal = refusalOf(() => (due = allowed(world, command)));
  if (refusal === undefined) return due!;
  const { status, code, rule, needed } = refusal;
  const room = "room" in command ? world.rooms.get(command.room) : undefined;
  const actual = needed === undefined ? undefined : room?.members.get(command.by)?.power;
  return { status, code, rule, needed, actual };
}

function allowed(world: World, command: Command): Due {
  if (command.do === "wait") return pass(world, command.ms);
  if (!world.people.has(command.by) || world.out.has(command.by)) throw new Refused("SW_AUTH_INVALID_TOKEN");
  const asked = ASKS[command.do as keyof typeof ASKS] as ((world: World, command: Command) => unknown) | undefined;
  if (asked !== undefined) {
    const data = asked(world, command);
    if (command.do !== "upload") return { status: 200, data };
    return { status: 201, data, made: (data as { media_id: string }).media_id };
  }

  const kept = keptAnswer(world, command);
  if (kept === undefined) checkBody(command);
  const done =
    kept ?? (DOES[command.do as keyof typeof DOES] as (world: World, command: Command) => Done)(world, command);
  const data = rendered(world, command, done, kept !== undefined);
  if (kept === undefined) keep(world, command, done);
  const made = "room" in command ? undefined : done.room.key;
  return { status: done.status, replayed: kept !== undefined, made, data, invites: done.invites };
}

function pass(world: World, ms: number): Due {
  world.now += ms;
  return { status: 0 };
}

/** 400 of what is wrong with a well-formed body: by who sends it, when, or by its parts together. */
function checkBody(command: Command): void {
  // MB3
  if (command.do === "invite" || command.do === "kick" || command.do === "ban") {
    if (command.target === command.by) throw new Refused("SW_REQUEST_INVALID");
  }
  if (command.do === "send" && command.as === command.by) throw new Refused("SW_REQUEST_INVALID");
  if (command.do === "ban" && (command.lasts ?? 1) <= 0) throw new Refused("SW_REQUEST_INVALID");
  if (
    command.do === "create" &&
    command.name === undefined &&
    (command.type === "group" || command.type === "public")
  ) {
    throw new Refused("SW_REQUEST_INVALID");
  }
}

/** AP6: one answer for a caller, route and key, for 24 hours; another body with the same key is a conflict. */
function keptAnswer(world: World, command: Command): Done | undefined {
  if (!("key" in command) || command.key === undefined) return undefined;
  const receipt = world.receipts.get(receiptName(command));
  if (receipt === undefined || receipt.until <= world.now) return undefined;
  if (receipt.body !== bodyOf(world, command)) throw new Refused("SW_IDEMPOTENCY_CONFLICT", "AP6");
  return { ...receipt, room: world.rooms.get(receipt.room)! };
}

function keep(world: World, command: Command, done: Done): void {
  if (!("key" in command) || command.key === undefined) return;
  const { room, ...rest } = done;
  const receipt = { body: bodyOf(world, command), until: world.now + DAY, room: room.key, ...rest };
  world.receipts.set(receiptName(command), receipt);
}

function receiptName(command: Command & { key?: string | undefined }): string {
  const path = ["room" in command ? command.room : null, "at" in command ? command.at : null];
  return JSON.stringify([command.by, command.do, ...path, command.key]);
}

function bodyOf(world: World, command: Command): string {
  const { key: _, ...body } = command as Command & { key?: string };
  return JSON.stringify(command.do === "ban" && command.lasts !== undefined ? { ...body, at: world.now } : body);
}

/** What a command answers: a message, the row of a member, or the room. A repeat shows what may still be seen. */
function rendered(world: World, command: Command, { room, position }: Done, isRepeat: boolean): unknown {
  switch (command.do) {
    case "send":
    case "edit":
    case "redact":
      return shows.messageView(world, room, command.by, position!);
    case "react":
    case "unreact":
      return { reactions: shows.reactionsView(room, command.by, position!, readsTo(world, room, command.by)) };
    case "join":
    case "leave":
      return shows.memberView(world, room, command.by);
    case "invite":
    case "kick":
    case "ban":
    case "unban":
      if (isRepeat) mustBeJoined(entered(world, room, command.by), command.by, "MB4");
      return shows.memberView(world, room, command.target);
    case "power":
      return shows.memberView(world, room, command.target);
    default:
      if (isRepeat) seen(world, room, command.by);
      return shows.roomView(world, room, command.by);
  }
}
