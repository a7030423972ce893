/** What happens in a room: each change is an event at the end of its log, and what the event makes of the room. */
import { hearers, joinedIn, type Member, type Room, type Who, type World } from "./world.ts";

type Content = Record<string, unknown>;

/** Appends an event; answers its name, by which later ones call it their cause. `about`: whom a member event is about. */
function append(room: Room, type: string, sender: Who | null, content: Content, about?: Who): string {
  const due = hearers(room, about === undefined ? [] : [about]);
  room.log.push({ type, sender, content, due, mentioned: [] });
  return `${room.key}#${room.log.length}`;
}

const cause = (by: string | undefined): Content => (by === undefined ? {} : { cause_event_id: by });
const because = (reason: string | undefined): Content => (reason === undefined ? {} : { reason });

/** DEL2: as an incognito room closes, and ever after, no reason is kept: nothing would take it away again. */
function lastWords(room: Room, reason: string | undefined, closes: boolean): string | undefined {
  return room.incognito && (closes || room.state === "closed") ? undefined : reason;
}

/** Incognito rooms may close with their creator, however they go. */
const closesWith = (room: Room, who: Who): boolean =>
  room.closesOnLeave && who === room.creator && room.members.get(who)?.membership === "join";

function row(room: Room, who: Who): Member {
  const before = room.members.get(who);
  const mode = room.type === "dm" ? "all" : "inherit";
  const never = { joinedAt: 0, readsTo: 0, marker: 0, mode, mutedUntil: null };
  const fresh = { power: 0, cause: null, invitedBy: null, until: null, powerThen: null };
  const member: Member = { membership: "leave", ...never, ...before, ...fresh, madeAt: room.log.length + 1 };
  // A stay that ends here is read up to the event that ends it.
  if (before?.membership === "join") member.readsTo = room.log.length + 1;
  room.members.set(who, member);
  return member;
}

export function create(world: World, room: Room): void {
  world.rooms.set(room.key, room);
  const content = {
    room_type: room.type,
    scope_kind: room.incognito ? "incognito" : null,
    name: room.name,
    topic: room.topic,
    is_public: room.isPublic,
    close_on_leave: room.closesOnLeave,
  };
  append(room, "swp.room.create", room.creator, content);
}

/** Power is 0 on joining, except for the creator's first join and in a DM. */
export function join(room: Room, who: Who, sender: Who | null, by?: string): string {
  const isFirst = room.log.length === 1;
  const member = row(room, who);
  Object.assign(member, { membership: "join", power: isFirst || room.type === "dm" ? 100 : 0 });
  const name = append(room, "swp.room.member", sender, { participant: who, membership: "join", ...cause(by) }, who);
  member.joinedAt = room.log.length;
  // RD0
  member.marker = room.log.length;
  return name;
}

export function invite(room: Room, who: Who, by: Who, reason?: string): void {
  const { powerThen } = room.members.get(who) ?? { powerThen: null };
  Object.assign(row(room, who), { membership: "invite", invitedBy: by, powerThen });
  const content = { participant: who, membership: "invite", invited_by: by, ...because(reason) };
  append(room, "swp.room.member", by, content, who);
}

/** Somebody goes, by their own will or another's; what follows from it, follows in the same transaction. */
export function go(world: World, room: Room, who: Who, by: Who | null, why: string, said?: string): void {
  const reason = lastWords(room, said, closesWith(room, who));
  const before = room.members.get(who)!;
  const powerThen = why === "left" ? before.power : null;
  Object.assign(row(room, who), { membership: "leave", cause: why, powerThen });
  const content = { participant: who, membership: "leave", cause: why, ...because(reason) };
  const going = append(room, "swp.room.member", by, content, who);
  if (before.membership === "join") aftermath(world, room, who, going);
}

export function ban(world: World, room: Room, who: Who, by: Who, until: number | null, reason?: string): void {
  const wasJoined = room.members.get(who)?.membership === "join";
  Object.assign(row(room, who), { membership: "ban", until });
  const content = {
    participant: who,
    membership: "ban",
    ...because(reason),
    ...(until === null ? {} : { expires_at: new Date(until).toISOString() }),
  };
  const going = append(room, "swp.room.member", by, content, who);
  if (wasJoined) aftermath(world, room, who, going);
}

/** Incognito rooms close with their creator; the last one out archives (MB16); an heir follows the last admin (MB15). */
function aftermath(world: World, room: Room, who: Who, going: string): void {
  if (room.state === "closed") return;
  if (room.closesOnLeave && who === room.creator) {
    setState(room, "closed", null, undefined, going);
    return;
  }
  const left = joinedIn(room);
  if (left.length === 0) {
    if (room.state === "open") setState(room, "archived", null, undefined, going);
    return;
  }
  if (room.type === "dm" || left.some((one) => room.members.get(one)!.power === 100)) return;
  setPower(room, heir(world, room, left), 100, null, going);
}

/** MB15: local humans, then local bots and agents; in each the highest power, then the earliest join. Who is out is last. */
function heir(world: World, room: Room, among: readonly Who[]): Who {
  const rank = (who: Who): [number, number, number] => {
    const { power, joinedAt } = room.members.get(who)!;
    const kind = world.people.get(who)!.kind === "human" ? 0 : 1;
    return [world.out.has(who) ? 2 : kind, -power, joinedAt];
  };
  const [first] = [...among].sort((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    return x[0] - y[0] || x[1] - y[1] || x[2] - y[2];
  });
  return first!;
}

export function setPower(room: Room, who: Who, power: number, by: Who | null, why?: string): void {
  room.members.get(who)!.power = power;
  append(room, "swp.room.power", by, { participant: who, power_level: power, ...cause(why) });
}

export function setState(room: Room, to: Room["state"], by: Who | null, said?: string, why?: string): string {
  const reason = lastWords(room, said, to === "closed");
  room.state = to;
  if (to === "closed" && room.incognito) forget(room, why);
  return append(room, "swp.room.state", by, { state: to, ...because(reason), ...cause(why) });
}

/** DEL1 DEL2: what was said in an incognito room before the command that closed it is gone with the close. */
function forget(room: Room, why: string | undefined): void {
  const before = why === undefined ? room.log.length : Number(why.split("#")[1]) - 1;
  for (const event of room.log.slice(0, before)) Object.assign(event, { content: null, replyTo: undefined });
  room.name = null;
  room.topic = null;
}

export function setName(room: Room, name: string, by: Who): void {
  room.name = name;
  append(room, "swp.room.name", by, { name });
}

export function setTopic(room: Room, topic: string | null, by: Who): void {
  room.topic = topic;
  append(room, "swp.room.topic", by, { topic });
}

export function setWorkspace(room: Room, workspace: string, by: Who): void {
  room.workspace = workspace;
  append(room, "swp.room.workspace", by, { workspace_id: workspace });
}

export function setVisibility(room: Room, isPublic: boolean, by: Who): void {
  room.isPublic = isPublic;
  append(room, "swp.room.visibility", by, { is_public: isPublic });
}

/** RD1 */
export function read(room: Room, who: Who, at: number): void {
  const member = room.members.get(who)!;
  member.marker = Math.max(member.marker, at);
}
