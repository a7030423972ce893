/**
 * The second opinion's world: plain maps, written from spec/ and from nothing else. It imports no code of the server.
 * Everything in it is data, so that `structuredClone` makes another world to try things in.
 */

/** Somebody by their name in these tests: `ann` of tenant `home`. */
export type Who = string;
/** A room by the order of its making: `r0`, `r1`, … */
export type RoomKey = string;

export interface Person {
  readonly tenant: string;
  readonly kind: "human" | "bot";
  /** Opted to accept invites at once (MB5). */
  readonly eager: boolean;
  /** Of the tenant. */
  readonly isAdmin: boolean;
}

export type Membership = "invite" | "join" | "leave" | "ban";

export interface Member {
  membership: Membership;
  power: number;
  cause: string | null;
  /** Position of the event that made this row: it says the reason, and who is behind it. */
  madeAt: number;
  invitedBy: Who | null;
  /** When a ban ends, Unix milliseconds; null: never. */
  until: number | null;
  /** Position of the join of the present or last stay; 0: never in. */
  joinedAt: number;
  /** Position of the event that ended the last stay: the room is read up to there (MB10); 0: never in. */
  readsTo: number;
  /** Power at the end of a stay that ended by their own will, for as long as LC5 honours it; null otherwise. */
  powerThen: number | null;
  /** Position of the read marker. */
  marker: number;
  /** How they want to hear of the room, and until when they do not, Unix milliseconds. Both outlive a stay. */
  mode: string;
  mutedUntil: number | null;
}

export interface Event {
  readonly type: string;
  /** Null: the server itself. */
  readonly sender: Who | null;
  /** Who sent it on behalf of the sender. */
  readonly actedBy?: Who | undefined;
  /** Null: gone, for everybody (DEL1). */
  content: Record<string, unknown> | null;
  /** The position of the event that it answers. */
  replyTo?: number | undefined;
  /** Whose streams carry it (ST2). */
  readonly due: readonly Who[];
  /** Whose streams ended while it came, so that they carry it or not. */
  perhaps?: readonly Who[];
  /** Whom it mentions, as far as they are told of it (EV6); `@room`: everybody. */
  mentioned: readonly string[];
  readonly uuid?: string | undefined;
  /** Of what members said: when, Unix milliseconds. */
  readonly at?: number;
  /** Of an edit, reaction or redaction: the position of its event. */
  readonly target?: number;
}

export interface Room {
  readonly key: RoomKey;
  readonly tenant: string;
  readonly type: string;
  readonly incognito: boolean;
  readonly closesOnLeave: boolean;
  readonly creator: Who;
  name: string | null;
  topic: string | null;
  isPublic: boolean;
  workspace: string | null;
  state: "open" | "archived" | "closed";
  readonly members: Map<Who, Member>;
  /** Position 1 first. */
  readonly log: Event[];
  /** Who hears nothing, wherever they are joined: the world's `out`. */
  readonly deaf: ReadonlySet<Who>;
}

/** A file, by the order of its coming. */
export interface Medium {
  readonly uploader: Who;
  /** The incognito room that it was brought for. */
  readonly within: RoomKey | null;
}

/** An answer kept for repeats (AP6). */
export interface Receipt {
  readonly body: string;
  readonly until: number;
  readonly status: number;
  readonly room: RoomKey;
  readonly invites?: unknown;
  /** The message that a send made. */
  readonly position?: number;
}

export interface World {
  now: number;
  readonly people: ReadonlyMap<Who, Person>;
  /** Who may do what in which workspace. */
  readonly workspaces: ReadonlyMap<string, ReadonlyMap<Who, "owner" | "editor" | "viewer">>;
  readonly limits: { readonly participants: number; readonly rooms: number; readonly openInvites: number };
  readonly rooms: Map<RoomKey, Room>;
  /** Those that were deleted are no more in it. */
  readonly media: Map<string, Medium>;
  /** How many ever came. */
  uploads: number;
  /** Who was deactivated; and who of them is still being taken out of their rooms. */
  readonly out: Set<Who>;
  readonly leaving: Set<Who>;
  readonly receipts: Map<string, Receipt>;
}

/** Somebody's row as it reads now: a ban is over at its end, with no sweep (MB13). */
export function memberOf(world: World, room: Room, who: Who): Member | undefined {
  const row = room.members.get(who);
  if (row?.membership !== "ban" || row.until === null || row.until > world.now) return row;
  return { ...row, membership: "leave", cause: "expired", until: null };
}

export function membersThat(world: World, room: Room, membership: Membership): Who[] {
  return [...room.members.keys()].filter((who) => memberOf(world, room, who)?.membership === membership);
}

export function joinedIn(room: Room): Who[] {
  return [...room.members].filter(([, row]) => row.membership === "join").map(([who]) => who);
}

/** Who hears what happens in a room now. */
export function hearers(room: Room, about: readonly Who[] = []): Who[] {
  return [...new Set([...joinedIn(room), ...about])].filter((who) => !room.deaf.has(who));
}

/** Why somebody stands as they do, as the event says it; null where it was taken away. */
export function reasonOf(room: Room, { madeAt }: Member): string | null {
  return (room.log[madeAt - 1]?.content?.reason as string | undefined) ?? null;
}

/**
 * How somebody stands to a room (AP3): `hidden` is the same as unknown; `gone` and `banned` know that it exists and
 * see nothing of it (VS3); an `outsider` has no part in a room that is open to their tenant.
 */
export function standing(
  world: World,
  room: Room | undefined,
  who: Who,
): "hidden" | "outsider" | "invited" | "joined" | "gone" | "banned" {
  if (room === undefined || room.tenant !== world.people.get(who)?.tenant) return "hidden";
  const membership = memberOf(world, room, who)?.membership;
  if (membership === "join") return "joined";
  if (membership === "invite") return "invited";
  if (membership === "ban") return "banned";
  if (room.isPublic && room.state === "open") return "outsider";
  return membership === "leave" ? "gone" : "hidden";
}

/** Positions up to which somebody reads the room: all of it while joined (RD0), up to their going afterwards (MB10). */
export function readsTo(world: World, room: Room, who: Who): number {
  const row = memberOf(world, room, who);
  return row?.membership === "join" ? room.log.length : (row?.readsTo ?? 0);
}

/** RD2: messages after the marker by others that were not redacted; own ones have moved it (EV7). */
export function unreadOf(room: Room, who: Who): { unread: number; mentions: number } {
  const row = room.members.get(who);
  // Of a closed incognito room nothing is left to be read (DEL1).
  if (row?.membership !== "join" || (room.incognito && room.state === "closed")) return { unread: 0, mentions: 0 };
  const unread = room.log.filter(
    ({ type, sender }, i) => i >= row.marker && type === MESSAGE && sender !== who && !isRedacted(room, i + 1),
  );
  const ofThem = unread.filter(({ mentioned }) => mentioned.includes(who) || mentioned.includes("@room"));
  return { unread: unread.length, mentions: ofThem.length };
}

/** Rooms that count for `max_rooms`. */
export function openRooms(world: World, tenant: string): number {
  return [...world.rooms.values()].filter(
    (room) => room.tenant === tenant && room.type !== "dm" && room.state === "open",
  ).length;
}

/** Whether what an event said was taken away (EV4), or went with what it amended. */
export function isRedacted(room: Room, position: number): boolean {
  const { target } = room.log[position - 1]!;
  const isAmendment = target !== undefined && room.log[position - 1]!.type !== REDACTION;
  return room.log.some(
    (event) => event.type === REDACTION && (event.target === position || (isAmendment && event.target === target)),
  );
}

export const MESSAGE = "swp.room.message";
/** What a member of a client's own sends besides. */
export const CUSTOM = "acme.note";
export const EDIT = "swp.room.edit";
export const REACTION = "swp.room.reaction";
export const REDACTION = "swp.room.redaction";
