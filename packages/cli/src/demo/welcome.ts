import { StairwellClient } from "@stairwell/client";
import { directory, reading } from "@stairwell/protocol/api";
import { table } from "../output.ts";
import { CAST, type Person, PEOPLE, PORTER } from "./script/cast.ts";
import { lobby } from "./script/lobby.ts";

/** What somebody finds who signs in. */
export interface Greeting {
  readonly name: string;
  readonly does: string;
  readonly credential: string;
  readonly unread: number;
  readonly mentions: number;
  readonly invites: number;
}

export interface Welcome {
  readonly url: string;
  readonly docs: string;
  readonly openapi: string;
  readonly data: string;
  readonly people: readonly Greeting[];
  /** The lobby, where the bot is, and the bot. */
  readonly lobby_id: string;
  readonly bot_id: string;
}

/** Looks around as everybody, for what to tell whoever started the demo. */
export async function welcome(url: string, data: string): Promise<Welcome> {
  const people: Greeting[] = [];
  for (const who of PEOPLE) people.push(await greet(url, who));
  const ada = clientOf(url, "ada");
  const { data: bots } = await ada.request(directory.listParticipants, { query: { q: PORTER.localId, type: "bot" } });
  const { data: rooms } = await ada.request(directory.listRooms, {
    query: { q: lobby.room.name, room_type: "public" },
  });
  return {
    url,
    docs: `${url}/docs`,
    openapi: `${url}/openapi.json`,
    data,
    people,
    lobby_id: rooms.find(({ name }) => name === lobby.room.name)?.id ?? "",
    bot_id: bots[0]?.id ?? "",
  };
}

async function greet(url: string, who: Person): Promise<Greeting> {
  const client = clientOf(url, who);
  const { data: unread } = await client.request(reading.getUnread);
  const { data: invited } = await client.request(directory.listRooms, { query: { membership: "invite" } });
  return {
    name: CAST[who].name,
    does: CAST[who].does,
    credential: `dev-${who}`,
    unread: unread.totals.unread_count,
    mentions: unread.totals.mention_count,
    invites: invited.length,
  };
}

function clientOf(url: string, who: Person): StairwellClient {
  return new StairwellClient({ baseUrl: url, token: `dev-${who}` });
}

/** A welcome for people to read. */
export function welcomeLines({ url, docs, data, people, lobby_id, bot_id }: Welcome, isTemporary: boolean): string[] {
  const rows = people.map(({ name, does, credential, unread, mentions, invites }) => [
    credential,
    name,
    does,
    String(unread),
    String(mentions),
    String(invites),
  ]);
  const body = `{"content": {"msgtype": "swp.text", "body": "@Porter roll 2d6", "mentions": ["${bot_id}"]}}`;
  return [
    `The Stairwell demo is ready at ${url}`,
    `  API reference  ${docs}`,
    `  Data           ${data}${isTemporary ? ", removed at the end (--data DIR keeps a demo)" : ""}`,
    "",
    "Sign in as any of them: Authorization: Bearer dev-ada",
    ...table(
      ["  SIGN IN", "WHO", "", "UNREAD", "MENTIONS", "INVITES"],
      rows.map(([first, ...rest]) => [`  ${first}`, ...rest]),
    ),
    "",
    "Look at what Ada has not read, and ask Porter, a bot, who answers whoever mentions it:",
    `  curl -H 'authorization: Bearer dev-ada' '${url}/v1/rooms/unread'`,
    `  curl -H 'authorization: Bearer dev-ada' -H 'content-type: application/json' -d '${body}' '${url}/v1/rooms/${lobby_id}/send'`,
    `  curl -H 'authorization: Bearer dev-ada' '${url}/v1/rooms/${lobby_id}/messages?limit=1'`,
    "",
    "Ctrl-C stops.",
  ];
}
