/** Files: who may read them (VS4), and how they go with what named them. */
import { entered, mustBeJoined, notFrozen, Refused } from "./guards.ts";
import { EDIT, type Event, type Medium, MESSAGE, readsTo, type Room, type Who, type World } from "./world.ts";

/** Brings a file, for an incognito room where one is named; answers its name. */
export function upload(world: World, { by, within }: { by: Who; within?: string | undefined }) {
  const room = within === undefined ? undefined : entered(world, world.rooms.get(within), by);
  if (room !== undefined) {
    notFrozen(room);
    mustBeJoined(room, by, "MB4");
  }
  const name = `m${world.uploads++}`;
  world.media.set(name, { uploader: by, within: room?.incognito === true ? room.key : null });
  return { media_id: name };
}

/** VS4: its uploader, and whoever reads an event that names it. */
export function readable(world: World, name: string, who: Who): Medium {
  const medium = world.media.get(name);
  const closed = medium?.within != null && world.rooms.get(medium.within)!.state === "closed";
  const isTheirs = world.people.get(medium?.uploader ?? "")?.tenant === world.people.get(who)!.tenant;
  if (medium === undefined || closed || !isTheirs) throw new Refused("SW_MEDIA_NOT_FOUND");
  if (medium.uploader === who) return medium;
  const isNamed = [...world.rooms.values()].some((room) =>
    room.log.slice(0, readsTo(world, room, who)).some((event) => nameIn(room, event) === name),
  );
  if (!isNamed) throw new Refused("SW_MEDIA_NOT_FOUND");
  return medium;
}

/** What a message names must be the sender's to show, and sealed for its room if that is incognito. */
export function showable(world: World, room: Room, name: string | undefined, who: Who): void {
  if (name === undefined) return;
  const { within } = readable(world, name, who);
  if (within !== (room.incognito ? room.key : null)) throw new Refused("SW_ROOM_TYPE_INVARIANT", "DEL2");
}

/** Of messages and edits of them only. */
function nameIn(room: Room, { type, target, content }: Event): string | undefined {
  const isEdit = type === EDIT && room.log[target! - 1]!.type === MESSAGE;
  const said = isEdit ? (content?.content as Event["content"]) : type === MESSAGE ? content : null;
  return said?.media_id as string | undefined;
}

/** Does what takes a message away, and then the files that nothing names any more. */
export function withItsMedia(world: World, room: Room, position: number, takeAway: () => void): void {
  const named = room.log
    .filter((event, i) => i + 1 === position || event.target === position)
    .map((event) => nameIn(room, event));
  takeAway();
  const left = new Set([...world.rooms.values()].flatMap((each) => each.log.map((event) => nameIn(each, event))));
  for (const name of named) if (name !== undefined && !left.has(name)) world.media.delete(name);
}
