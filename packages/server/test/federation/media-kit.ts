import { randomBytes } from "node:crypto";
import { FaultProxy, type Fault } from "@stairwell/testing";
import type { TestContext } from "node:test";
import type { Person } from "@stairwell/testing";
import { download, type Loose, send, uploaded } from "../media/kit.ts";
import { until } from "./settle.ts";
import type { Home, World } from "./world.ts";

/** What a server is asked for media, while a fault stands before that call or none. */
export interface Watched {
  /** Paths of the media that were asked for, in their order. */
  readonly asked: string[];
  fault: Fault | undefined;
}

/** Puts something before a server that counts, and may spoil, how others ask it for media. */
export async function watched(t: TestContext, world: World, home: Home): Promise<Watched> {
  const proxy = await FaultProxy.start(t, home.server.url);
  const watch: Watched = { asked: [], fault: undefined };
  proxy.fault = ({ url }) => {
    if (!url!.includes("/media/")) return undefined;
    watch.asked.push(url!);
    return watch.fault;
  };
  world.hosts.set(home.name, proxy.url);
  return watch;
}

/** Uploads a file and sends it to a room; answers the event and what it was. */
export async function sendFile(
  who: Person,
  room: string,
  bytes: Buffer = randomBytes(5000),
  name = "a file.bin",
): Promise<{ event: Loose; bytes: Buffer; sha256: string; mediaId: string }> {
  const medium = await uploaded(who, bytes, { name });
  const event = await send(who, room, medium.media_id);
  return { event, bytes, sha256: medium.sha256, mediaId: event.content.media_id };
}

/** The id that a message's file has for somebody of another server, once it is there. */
export function fileOf(who: Person, room: string, eventId: string): Promise<string> {
  return until(async () => {
    const answer = await who.get(`/v1/rooms/${room}/events/${eventId}`);
    return (answer.data as Loose)?.content?.media_id ?? undefined;
  }, "the message with its file");
}

export const get = (who: Person, mediaId: string, headers: Record<string, string> = {}, method = "GET") =>
  download(who, `/v1/media/download/${mediaId}`, { headers, method });

export const info = async (who: Person, mediaId: string): Promise<Loose> =>
  (await who.get(`/v1/media/${mediaId}/info`)).data;
