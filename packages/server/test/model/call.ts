/** A command as clients send it. */
import { randomUUID } from "node:crypto";
import type { Answer, Person } from "@stairwell/testing";
import { startExport } from "../bundles/exporting.ts";
import { upload } from "../media/kit.ts";
import type { Book } from "./book.ts";
import type { Command, Create, Send } from "./commands.ts";
import { aliasOf } from "./views.ts";

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
}

/** `now`: the server's time, from which a ban is counted. */
export function call(
  person: Person,
  command: Command,
  book: Book,
  now: number,
): Promise<Answer<Record<string, unknown>>> {
  if (command.do === "upload") {
    // No two are alike, so that no edit from one to another changes nothing.
    const room = command.within === undefined ? {} : { room: book.id(command.within) };
    return upload(person, `file ${randomUUID()}`, { ...room, name: "a file.txt" });
  }
  if (command.do === "export") return exporting(person, book.id(command.room));
  const { method, path, body } = requestOf(command, book, now);
  const key = "key" in command ? command.key : undefined;
  return person.request(method, path, body, key === undefined ? {} : { "idempotency-key": key });
}

/** An export as it is announced; its bytes are looked into when the story is over. */
async function exporting(person: Person, roomId: string): Promise<Answer<Record<string, unknown>>> {
  const response = await startExport(person, roomId);
  const events = Number(response.headers.get("x-stairwell-events"));
  const bytes = Buffer.from(await response.arrayBuffer());
  const isWhole = response.status === 200;
  const { error } = isWhole ? { error: undefined as never } : (JSON.parse(bytes.toString()) as Answer);
  return { status: response.status, headers: response.headers, data: isWhole ? { events } : {}, meta: {}, error };
}

function requestOf(command: Command, book: Book, now: number): Request {
  const room = "room" in command ? `/v1/rooms/${book.id(command.room)}` : "";
  const reason = "reason" in command && command.reason !== undefined ? { reason: command.reason } : {};
  const target = "target" in command && command.target !== undefined ? { participant_id: book.id(command.target) } : {};
  switch (command.do) {
    case "create":
      return { method: "POST", path: "/v1/rooms", body: creation(command, book) };
    case "dm":
      return { method: "POST", path: "/v1/rooms/dm", body: target };
    case "join":
    case "rejoin":
    case "leave":
    case "archive":
    case "close":
    case "invite":
    case "kick":
    case "unban":
      return { method: "POST", path: `${room}/${command.do}`, body: { ...target, ...reason } };
    case "ban": {
      const until = command.lasts === undefined ? {} : { expires_at: new Date(now + command.lasts).toISOString() };
      return { method: "POST", path: `${room}/ban`, body: { ...target, ...reason, ...until } };
    }
    case "power": {
      const path = `${room}/members/${book.id(command.target)}/power-level`;
      return { method: "PUT", path, body: { power_level: command.level } };
    }
    case "rename":
      return { method: "PUT", path: `${room}/name`, body: { name: command.name } };
    case "topic":
      return { method: "PUT", path: `${room}/topic`, body: { topic: command.topic } };
    case "send":
      return { method: "POST", path: `${room}/send`, body: message(command, book) };
    case "edit": {
      const mentions = command.mentions?.map((who) => (who === "@room" ? who : book.id(who)));
      const content = { body: command.text, ...mediumOf(command, book), ...(mentions && { mentions }) };
      return { method: "POST", path: `${eventPath(command, book)}/edit`, body: { content } };
    }
    case "redact":
      return { method: "POST", path: `${eventPath(command, book)}/redact`, body: reason };
    case "react":
      return { method: "POST", path: `${eventPath(command, book)}/reaction`, body: { emoji: command.emoji } };
    case "unreact": {
      const emoji = encodeURIComponent(command.emoji);
      return { method: "DELETE", path: `${eventPath(command, book)}/reaction?emoji=${emoji}` };
    }
    case "move":
      return { method: "PUT", path: `${room}/workspace`, body: { workspace_id: book.id(command.workspace) } };
    case "publish":
      return { method: "PATCH", path: room, body: { is_public: command.isPublic } };
    case "mode":
      return { method: "PUT", path: `${room}/notification-mode`, body: { mode: command.mode } };
    case "mute": {
      const end = command.lasts === undefined ? { muted_until: null } : { duration_seconds: command.lasts };
      return { method: "PUT", path: `${room}/mute`, body: end };
    }
    case "read":
      return { method: "PUT", path: `${room}/read`, body: { event_id: book.id(`${command.room}#${command.at}`) } };
    case "look":
      return { method: "GET", path: room };
    case "members":
      return { method: "GET", path: `${room}/members?membership=${command.membership}&limit=500` };
    case "history": {
      const from = command.from === undefined ? "" : `&from=${command.from}`;
      const direction = command.forward ? "forward" : "back";
      const thread = command.thread === undefined ? "" : `&thread=${book.id(`${command.room}#${command.thread}`)}`;
      return { method: "GET", path: `${room}/messages?direction=${direction}&limit=${command.limit}${from}${thread}` };
    }
    case "event":
      return { method: "GET", path: eventPath(command, book) };
    case "can": {
      const whom = command.target === undefined ? "" : `&target=${book.id(command.target)}`;
      return { method: "GET", path: `${room}/can?action=${command.action}${whom}` };
    }
    case "directory":
      return { method: "GET", path: `/v1/directory/rooms?state=${command.state}&limit=200` };
    case "archived":
      return { method: "GET", path: "/v1/rooms/archived?limit=200" };
    case "unread":
      return { method: "GET", path: "/v1/rooms/unread" };
    case "inbox":
      return { method: "GET", path: "/v1/inbox?limit=200" };
    case "bans":
      return { method: "GET", path: `${room}/bans?limit=500` };
    case "alias": {
      const alias = encodeURIComponent(book.id(aliasOf(command.room)));
      return { method: "GET", path: `/v1/directory/alias/${alias}` };
    }
    case "medium":
      return { method: "GET", path: `/v1/media/${book.id(command.media)}/info` };
    case "deactivate":
    case "reactivate":
      return { method: "POST", path: `/v1/admin/participants/${book.id(command.target)}/${command.do}` };
    case "restore":
      return { method: "POST", path: `/v1/admin/rooms/${book.id(command.room)}/restore`, body: target };
    case "wipe":
      return { method: "POST", path: `${eventPath(command, book).replace("/v1/", "/v1/admin/")}/redact`, body: reason };
    case "upload":
    case "export":
    case "wait":
      throw new Error("it is called otherwise, or no call");
  }
}

function eventPath({ room, at }: { room: string; at: number }, book: Book): string {
  return `/v1/rooms/${book.id(room)}/events/${book.id(`${room}#${at}`)}`;
}

function creation(command: Create, book: Book): object {
  return {
    room_type: command.type,
    ...(command.name === undefined ? {} : { name: command.name }),
    ...(command.isPublic === undefined ? {} : { is_public: command.isPublic }),
    ...(command.incognito === undefined ? {} : { scope_kind: command.incognito ? "incognito" : null }),
    ...(command.closesOnLeave === undefined ? {} : { close_on_leave: command.closesOnLeave }),
    ...(command.workspace === undefined ? {} : { workspace_id: book.id(command.workspace) }),
    invite: command.invite.map((who) => book.id(who)),
  };
}

function mediumOf({ media }: { media?: string | undefined }, book: Book): object {
  return media === undefined ? {} : { media_id: book.id(media) };
}

function message({ text, custom, uuid, replyTo, mentions, media, as, room }: Send, book: Book): object {
  return {
    content: {
      body: text,
      ...mediumOf({ media }, book),
      ...(mentions === undefined ? {} : { mentions: mentions.map((who) => (who === "@room" ? who : book.id(who))) }),
      ...(replyTo === undefined ? {} : { reply_to_event_id: book.id(`${room}#${replyTo}`) }),
    },
    ...(custom === true ? { event_type: "acme.note" } : {}),
    ...(uuid === undefined ? {} : { event_uuid: uuid }),
    ...(as === undefined ? {} : { as_participant_id: book.id(as) }),
  };
}
