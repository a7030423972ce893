import { members, messages, rooms } from "@stairwell/protocol/api";
import { FIRST_NAMES, type Person, PEOPLE, type Who } from "../script/cast.ts";
import type { Direct, Said, Scene } from "../script/scene.ts";
import type { Company } from "./company.ts";

/** Something that happens, so many minutes ago. */
export interface Happening {
  readonly ago: number;
  readonly happen: () => Promise<void>;
}

/** A room is made so long before its first word. */
const MADE_BEFORE = 5;

/** What happens in a scene: the room is made, people come in, talk, and the room is archived if it is over. */
export function sceneHappenings(company: Company, scene: Scene): Happening[] {
  const { players } = company;
  const room = new Spoken(company);
  const first = scene.talk[0]!.ago;
  const open = async (): Promise<void> => {
    const { isTeams, ...body } = scene.room;
    const { client } = players[scene.by];
    const invite = [...scene.members, ...(scene.invited ?? [])].map((who) => players[who].id);
    const where = isTeams === true ? { workspace_id: company.workspaceId } : {};
    const { data } = await client.request(rooms.createRoom, { body: { ...body, ...where, invite } });
    room.id = data.id;
    for (const who of scene.members.filter(isPerson)) {
      await players[who].client.request(members.joinRoom, { params: { room_id: data.id } });
    }
  };
  const archive = async (): Promise<void> => {
    await players[scene.by].client.request(rooms.archiveRoom, { params: { room_id: room.id } });
  };
  return [
    { ago: first + MADE_BEFORE, happen: open },
    ...room.happenings(scene.talk),
    ...(scene.isArchived === true ? [{ ago: scene.talk.at(-1)!.ago, happen: archive }] : []),
  ];
}

export function directHappenings(company: Company, direct: Direct): Happening[] {
  const room = new Spoken(company);
  const open = async (): Promise<void> => {
    const { client } = company.players[direct.by];
    const { data } = await client.request(rooms.openDm, { body: { participant_id: company.players[direct.with].id } });
    room.id = data.id;
  };
  return [{ ago: direct.talk[0]!.ago + MADE_BEFORE, happen: open }, ...room.happenings(direct.talk)];
}

/** Bots and agents come in by themselves. */
function isPerson(who: Who): who is Person {
  return PEOPLE.includes(who as Person);
}

/** A room that is talked in. */
class Spoken {
  id = "";
  readonly #company: Company;
  readonly #said: { text: string; id: string }[] = [];

  constructor(company: Company) {
    this.#company = company;
  }

  happenings(talk: readonly Said[]): Happening[] {
    return talk.map((said) => ({ ago: said.ago, happen: () => this.#say(said) }));
  }

  async #say({ who, text, re, msgtype, lang }: Said): Promise<void> {
    const mentions = mentionedIn(text).map((name) => (name === "@room" ? name : this.#company.players[name].id));
    const { data } = await this.#company.players[who].client.request(messages.sendMessage, {
      params: { room_id: this.id },
      body: {
        content: {
          msgtype: msgtype ?? "swp.text",
          body: text,
          ...(lang !== undefined && { lang }),
          ...(mentions.length > 0 && { mentions }),
          ...(re !== undefined && { reply_to_event_id: this.#find(re) }),
        },
      },
    });
    this.#said.push({ text, id: data.id });
  }

  /** The newest message that begins so. */
  #find(beginning: string): string {
    const found = this.#said.findLast(({ text }) => text.startsWith(beginning));
    if (found === undefined) throw new Error(`nobody said "${beginning}"`);
    return found.id;
  }
}

/** Who is named by an `@` and a first name; `@room` is everybody. */
export function mentionedIn(text: string): (Who | "@room")[] {
  const named = [...text.matchAll(/@(\p{L}+)/gu)].map(([at, name]) => (at === "@room" ? at : FIRST_NAMES[name!]));
  return [...new Set(named.filter((who) => who !== undefined))];
}
