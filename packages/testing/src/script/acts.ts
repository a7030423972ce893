import { type Answer, assertOk, type Person } from "../person.ts";
import type { Cast } from "./cast.ts";
import type { Line } from "./line.ts";

const PATHS: Readonly<Record<string, string>> = {
  invites: "invite",
  kicks: "kick",
  bans: "ban",
  unbans: "unban",
  joins: "join",
  leaves: "leave",
  archives: "archive",
  closes: "close",
};

/** What a script may do. */
export const ACTS: readonly Line[] = [
  [/^presence counts$/, async (cast) => void (cast.presenceCounts = true)],

  [
    /^([a-z/]+) connects(?: by (ticket|query))?$/,
    (cast, name, by) => cast.connect(name!, { by: (by as "ticket" | "query" | undefined) ?? "header" }),
  ],
  [/^([a-z/]+) returns$/, (cast, name) => cast.connect(name!, { since: cast.stream(name!).cursor })],
  [
    /^([a-z/]+) disconnects$/,
    async (cast, name) => {
      const { socket } = cast.stream(name!);
      socket.close();
      await cast.stream(name!).closed();
    },
  ],

  [
    /^([a-z]+) opens (public|group|incognito) ([A-Z]\w*)(?: with ([a-z, ]+))?$/,
    async (cast, by, type, name, others) => {
      const [person, joined] = [await cast.person(by!), await cast.people(others)];
      cast.addRoom(
        name!,
        await person.roomWith(joined, { room_type: type, ...(type === "incognito" ? {} : { name }) }),
      );
      cast.acted();
    },
  ],
  [
    /^([a-z]+) opens direct ([A-Z]\w*) with ([a-z]+)$/,
    async (cast, by, name, other) => {
      const [person, peer] = [await cast.person(by!), await cast.person(other!)];
      const answer = await person.post("/v1/rooms/dm", { participant_id: peer.id });
      if (answer.status < 300) cast.addRoom(name!, answer.data.id);
      cast.acted(answer);
    },
  ],
  [
    /^([a-z]+) (invites|kicks|bans|unbans) ([a-z]+) (?:to|from|in) ([A-Z]\w*)$/,
    async (cast, by, act, target, room) => {
      const { id } = await cast.person(target!);
      await post(cast, by!, room!, PATHS[act!]!, { participant_id: id });
    },
  ],
  [
    /^([a-z]+) (joins|leaves|archives|closes) ([A-Z]\w*)$/,
    (cast, by, act, room) => post(cast, by!, room!, PATHS[act!]!, undefined).then(() => {}),
  ],

  [
    /^([a-z]+) says "([^"]*)" in ([A-Z]\w*)(?: mentioning ([a-z, ]+))?$/,
    async (cast, by, body, room, named) => {
      const mentions = (await cast.people(named)).map(({ id }) => id);
      const content = { body, ...(mentions.length > 0 ? { mentions } : {}) };
      const answer = await post(cast, by!, room!, "send", { content });
      if (answer.status === 201) cast.remember(body!, answer.data.id as unknown as string);
    },
  ],
  [
    /^([a-z/]+) sends "([^"]*)" in ([A-Z]\w*)$/,
    async (cast, by, body, room) => {
      const answer = await cast.stream(by!).ask({ type: "send", room_id: cast.room(room!), content: { body } });
      if (answer.type === "ack") cast.remember(body!, answer.event.id);
      cast.acted(answer);
    },
  ],
  [
    /^([a-z]+) reads "([^"]*)" in ([A-Z]\w*)$/,
    async (cast, by, text, room) => {
      const person = await cast.person(by!);
      cast.acted(await person.put(`/v1/rooms/${cast.room(room!)}/read`, { event_id: cast.said(text!) }));
    },
  ],
  [
    /^([a-z/]+) notes "([^"]*)" in ([A-Z]\w*)$/,
    async (cast, by, text, room) => {
      cast.acted(await cast.stream(by!).ask({ type: "read", room_id: cast.room(room!), event_id: cast.said(text!) }));
    },
  ],
  [
    /^([a-z]+) prefers (all|mentions|none)$/,
    async (cast, by, mode) => {
      const person = await cast.person(by!);
      cast.acted(assertOk(await person.put("/v1/me/preferences", { default_mode: mode })));
    },
  ],
  [
    /^([a-z]+) wants (all|mentions|none|inherit) of ([A-Z]\w*)$/,
    async (cast, by, mode, room) => {
      const person = await cast.person(by!);
      cast.acted(await person.put(`/v1/rooms/${cast.room(room!)}/notification-mode`, { mode }));
    },
  ],
  [
    /^([a-z]+) (mutes|unmutes) ([A-Z]\w*)$/,
    async (cast, by, act, room) => {
      const person = await cast.person(by!);
      const muted_until = act === "mutes" ? "forever" : null;
      cast.acted(await person.put(`/v1/rooms/${cast.room(room!)}/mute`, { muted_until }));
    },
  ],
  [
    /^([a-z/]+) (types|stops typing) in ([A-Z]\w*)$/,
    (cast, by, act, room) => say(cast, by!, { type: "typing", room_id: cast.room(room!), typing: act === "types" }),
  ],
  [/^([a-z/]+) is (away|online)$/, (cast, by, status) => say(cast, by!, { type: "presence", status })],

  [
    /^(\d+) s pass$/,
    async (cast, seconds) => {
      cast.t.mock.timers.tick(Number(seconds) * 1000);
      cast.acted();
    },
  ],
];

async function post(cast: Cast, by: string, room: string, call: string, body: unknown): Promise<Answer> {
  const person: Person = await cast.person(by);
  const answer = await person.post(`/v1/rooms/${cast.room(room)}/${call}`, body);
  cast.acted(answer);
  return answer;
}

/** Says a frame that nothing answers, and waits until it was heard. */
async function say(cast: Cast, by: string, frame: object): Promise<void> {
  cast.stream(by).say(frame);
  await cast.stream(by).settled();
  cast.acted();
}
