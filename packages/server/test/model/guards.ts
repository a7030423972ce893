/** What can be said of a command without its object, in the order of AP1: visibility, type, freeze, membership, power. */
import { memberOf, type Room, standing, type Who, type World } from "./world.ts";

/** The statuses of spec/api.md, "Errors". */
const STATUS = {
  SW_AUTH_INVALID_TOKEN: 401,
  SW_AUTH_INSUFFICIENT_PERMISSION: 403,
  SW_REQUEST_INVALID: 400,
  SW_ROOM_TYPE_INVARIANT: 400,
  SW_ROOM_EXPORT_REFUSED: 400,
  SW_ROOM_FORBIDDEN: 403,
  SW_EDIT_FORBIDDEN: 403,
  SW_REDACT_FORBIDDEN: 403,
  SW_WORKSPACE_FORBIDDEN: 403,
  SW_ROOM_NOT_FOUND: 404,
  SW_EVENT_NOT_FOUND: 404,
  SW_PARTICIPANT_NOT_FOUND: 404,
  SW_WORKSPACE_NOT_FOUND: 404,
  SW_MEDIA_NOT_FOUND: 404,
  SW_ROOM_FROZEN: 409,
  SW_EVENT_TOO_OLD_TO_EDIT: 409,
  SW_ROOM_CAPACITY: 409,
  SW_TENANT_CAPACITY: 409,
  SW_MEMBER_STATE: 409,
  SW_ROOM_LAST_ADMIN: 409,
  SW_IDEMPOTENCY_CONFLICT: 409,
} as const;

/** A refusal; `rule` and power where the specification names them (AP5). */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly rule: string | undefined;
  readonly needed: number | undefined;

  constructor(code: keyof typeof STATUS, rule?: string, needed?: number) {
    super(code);
    this.status = STATUS[code];
    this.code = code;
    this.rule = rule;
    this.needed = needed;
  }
}

/** Whether this would be refused, and how. */
export function refusalOf(attempt: () => unknown): Refused | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}

/** The room, for whoever may look at it (AP3, VS3). Of an open public one a banned person sees what outsiders see. */
export function seen(world: World, room: Room | undefined, who: Who): Room {
  const stands = standing(world, room, who);
  if (stands === "hidden") throw new Refused("SW_ROOM_NOT_FOUND");
  if (stands === "gone") throw new Refused("SW_ROOM_FORBIDDEN", "VS3");
  if (stands === "banned" && !(room!.isPublic && room!.state === "open")) throw new Refused("SW_ROOM_FORBIDDEN", "MB2");
  return room!;
}

/** As `seen`, and banned people come by no door (MB2). */
export function entered(world: World, room: Room | undefined, who: Who): Room {
  const found = seen(world, room, who);
  if (standing(world, room, who) === "banned") throw new Refused("SW_ROOM_FORBIDDEN", "MB2");
  return found;
}

/** The tenant's admins' calls are nobody else's, whatever they name. */
export function mayAdminister(world: World, who: Who): void {
  if (!world.people.get(who)!.isAdmin) throw new Refused("SW_AUTH_INSUFFICIENT_PERMISSION", "AU2");
}

function notDirect(room: Room): void {
  if (room.type === "dm") throw new Refused("SW_ROOM_TYPE_INVARIANT", "DM3");
}

export function notFrozen(room: Room): void {
  if (room.state !== "open") throw new Refused("SW_ROOM_FROZEN", "LC1");
}

export function mustBeJoined(room: Room, who: Who, rule?: string): void {
  if (room.members.get(who)?.membership !== "join") throw new Refused("SW_ROOM_FORBIDDEN", rule);
}

/** Power 50 moderates, 100 administers (spec/model.md, "Member"). */
export function mustHave(power: number, room: Room, who: Who, rule?: string): void {
  mustBeJoined(room, who, rule);
  if (room.members.get(who)!.power < power) throw new Refused("SW_ROOM_FORBIDDEN", rule, power);
}

const isCreator = (room: Room, who: Who): boolean =>
  room.creator === who && room.members.get(who)?.membership === "join";

/** LC2: power 50, or the creator while joined; both sides of a DM have power 100. */
function mayArchive(room: Room, who: Who, rule: string): void {
  if (!isCreator(room, who)) mustHave(50, room, who, rule);
}

/** LC6 */
function mayClose(room: Room, who: Who): void {
  if (!isCreator(room, who)) mustHave(100, room, who, "LC6");
}

/** LC5: nobody is joined and they left by their own will with power 50; of a DM, either side who left (DM4). */
export function mayReturn(world: World, room: Room, who: Who): boolean {
  const row = memberOf(world, room, who);
  if (room.state !== "archived" || row?.membership !== "leave") return false;
  if (room.type === "dm") return true;
  const isDeserted = [...room.members.values()].every(({ membership }) => membership !== "join");
  return isDeserted && row.cause === "left" && (row.powerThen ?? 0) >= 50;
}

/** DM4: a DM whose other side is out reads on, and nothing more. */
function otherSideRemains(world: World, room: Room, who: Who): void {
  const isGone = [...room.members.keys()].some((one) => one !== who && world.out.has(one));
  if (room.type === "dm" && isGone) throw new Refused("SW_PARTICIPANT_NOT_FOUND");
}

type Guard = (world: World, room: Room | undefined, who: Who) => Room;

const guard =
  (...checks: ((room: Room, who: Who) => void)[]): Guard =>
  (world, found, who) => {
    const room = entered(world, found, who);
    for (const check of checks) check(room, who);
    return room;
  };

const moderates = (rule?: string) => (room: Room, who: Who) => mustHave(50, room, who, rule);
const administers = (rule?: string) => (room: Room, who: Who) => mustHave(100, room, who, rule);
const isIn = (rule?: string) => (room: Room, who: Who) => mustBeJoined(room, who, rule);

export const MAY = {
  join: guard(notFrozen),
  send: guard(notFrozen, isIn()),
  edit: guard(notFrozen, isIn("EV3")),
  redact: guard(notFrozen, isIn("EV4")),
  react: guard(notFrozen, isIn("EV5")),
  invite: guard(notDirect, notFrozen, isIn("MB1")),
  /** One's own invite is revoked with any power (MB6), so power is asked after the target is known. */
  revoke: guard(notDirect, notFrozen, isIn("MB12")),
  kick: guard(notDirect, notFrozen, moderates("MB12")),
  ban: guard(notDirect, notFrozen, moderates("MB12")),
  set_power: guard(notDirect, notFrozen, administers("PL1")),
  rename: guard(notDirect, notFrozen, moderates("PL4")),
  set_topic: guard(notFrozen, moderates("PL4")),
  move: guard(notDirect, notFrozen, administers("LC7")),
  publish: guard(notDirect, mustBePlainGroup, notFrozen, administers("PL4")),
  /** LC4 before LC1: a repeat by one who may, then the freeze, then power. */
  archive: guard((room, who) => {
    if (room.state === "archived" && refusalOf(() => mayArchive(room, who, "LC2")) === undefined) return;
    notFrozen(room);
    mayArchive(room, who, "LC2");
  }),
  close: guard((room, who) => {
    if (room.state !== "closed") return mayClose(room, who);
    if (refusalOf(() => mayClose(room, who)) !== undefined) notFrozen(room);
  }),
  rejoin: (world: World, found: Room | undefined, who: Who): Room => {
    const isTheirs = found !== undefined && found.tenant === world.people.get(who)?.tenant;
    const room = isTheirs && mayReturn(world, found, who) ? found : entered(world, found, who);
    if (room.state !== "archived") notFrozen(room);
    else if (!mayReturn(world, room, who)) mayArchive(room, who, "LC5");
    if (room.state === "archived") otherSideRemains(world, room, who);
    return room;
  },
  /** RD3: of the joined alone, in frozen rooms too (LC1). */
  set: guard(isIn("RD3")),
  leave: (world: World, found: Room | undefined, who: Who): Room => {
    // MB6, MB8: who is in may go, and who has gone may say so again, wherever the room stands.
    const mine = found && memberOf(world, found, who)?.membership;
    if (mine === "join" || mine === "invite" || mine === "leave") return found!;
    const room = entered(world, found, who);
    mustBeJoined(room, who);
    return room;
  },
  /** BU1, BU2 */
  export: guard((room, who) => {
    if (room.incognito) throw new Refused("SW_ROOM_EXPORT_REFUSED", "BU2");
    mustBeJoined(room, who, "BU1");
  }),
} satisfies Record<string, Guard>;

/** `is_public` is a group's to change; of all other types it follows from the type (spec/model.md, "Room"). */
function mustBePlainGroup(room: Room): void {
  if (room.type !== "group" || room.incognito) throw new Refused("SW_ROOM_TYPE_INVARIANT");
}

/** `me.can`: what would not be refused; of archive, close and restore, what does not hold already. */
export function can(world: World, room: Room, who: Who): Record<string, boolean> {
  const may = (action: keyof typeof MAY): boolean => refusalOf(() => MAY[action](world, room, who)) === undefined;
  return {
    send: may("send"),
    invite: may("invite"),
    kick: may("kick"),
    ban: may("ban"),
    rename: may("rename"),
    set_topic: may("set_topic"),
    move: may("move"),
    archive: room.state === "open" && may("archive"),
    restore: room.state === "archived" && may("rejoin"),
    close: room.state !== "closed" && may("close"),
    export: may("export"),
    set_power: may("set_power"),
    // The tenant's admins' alone (FD10).
    federate: world.people.get(who)!.isAdmin && room.type !== "dm" && !room.incognito && room.state === "open",
  };
}
