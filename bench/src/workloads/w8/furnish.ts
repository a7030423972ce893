import { createHash, randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Instance } from "../../contenders/stand.ts";
import type { LoadProcess } from "../../load/load-process.ts";
import type { Ask } from "../../load/plan.ts";
import { prepareMessages, prepareRooms } from "../prepare.ts";

/** Uploads at one time. */
const AT_ONCE = 16;

export interface Furnishing {
  /** In all, but for the few that make a room. */
  readonly events: number;
  readonly media: number;
  /** Of each medium. */
  readonly mediaBytes: number;
  /** Where each medium is left as a file that is named by its SHA-256. */
  readonly keepMediaIn?: string;
}

/** Makes a room full of messages, some of which bear media that no deflate makes smaller. */
export async function furnish(
  load: LoadProcess,
  instance: Instance,
  { events, media, mediaBytes, keepMediaIn }: Furnishing,
): Promise<string> {
  const token = instance.tokens[0]!;
  const [roomId] = (await prepareRooms(load, instance, [token], "group")) as [string];
  if (keepMediaIn !== undefined) await mkdir(keepMediaIn, { recursive: true });
  const asks: Ask[] = [];
  const waiting = Array.from({ length: media }).values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const _ of waiting) {
        const bytes = randomBytes(mediaBytes);
        const name = createHash("sha256").update(bytes).digest("hex");
        if (keepMediaIn !== undefined) await writeFile(join(keepMediaIn, name), bytes);
        asks.push(sendMedium(token, roomId, await upload(instance, token, bytes)));
      }
    }),
  );
  // Half before and half after the media, as in a room where pictures come and go.
  const talk = events - media;
  await prepareMessages(load, instance, roomId, [token], Math.floor(talk / 2));
  await load.prepare(instance.address, { asks, connections: 64, share: "queue", stop: { asks: asks.length } });
  await prepareMessages(load, instance, roomId, [token], Math.ceil(talk / 2));
  return roomId;
}

async function upload({ address: { host, port } }: Instance, token: string, bytes: Uint8Array<ArrayBuffer>) {
  const body = new FormData();
  body.set("file", new Blob([bytes]), "picture.bin");
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`http://${host}:${port}/v1/media/upload`, { method: "POST", headers, body });
  const { data, error } = (await response.json()) as { data: { media_id: string } | null; error: unknown };
  if (data === null) throw new Error(`an upload was refused: ${JSON.stringify(error)}`);
  return data.media_id;
}

const sendMedium = (token: string, roomId: string, mediaId: string): Ask => ({
  method: "POST",
  path: `/v1/rooms/${roomId}/send`,
  token,
  body: `{"content":{"msgtype":"swp.image","body":"The lamp on the landing","media_id":"${mediaId}"}}`,
  expect: 201,
});
