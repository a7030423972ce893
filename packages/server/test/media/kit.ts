import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Answer, assertOk, type Person, S3Server, type TestServer } from "@stairwell/testing";
import sharp from "sharp";

// Tests look into answers of every shape; a wrong guess fails their assertions.
// oxlint-disable-next-line typescript/no-explicit-any
export type Loose = any;

export interface Upload {
  name?: string;
  room?: string;
  key?: string;
  type?: string;
}

/** Uploads bytes as a client does. */
export async function upload(
  who: Person,
  bytes: Uint8Array | string,
  { name = "a file.bin", room, key, type = "application/octet-stream" }: Upload = {},
): Promise<Answer<Loose>> {
  const form = new FormData();
  if (room !== undefined) form.set("room_id", room);
  form.set("file", new Blob([bytes as Uint8Array<ArrayBuffer>], { type }), name);
  const response = await fetch(`${who.url}/v1/media/upload`, {
    method: "POST",
    headers: { authorization: `Bearer ${who.credential}`, ...(key !== undefined && { "idempotency-key": key }) },
    body: form,
  });
  const { data, meta, error } = (await response.json()) as Answer<Loose>;
  return { status: response.status, headers: response.headers, data, meta, error };
}

/** What was uploaded, which must succeed. */
export async function uploaded(who: Person, bytes: Uint8Array | string, how: Upload = {}): Promise<Loose> {
  return assertOk(await upload(who, bytes, how)).data;
}

/** Asks for bytes. */
export async function download(
  who: Person | undefined,
  path: string,
  {
    url = who!.url,
    method = "GET",
    headers = {},
  }: { url?: string; method?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number; headers: Headers; bytes: Buffer; text: string }> {
  const credential = who === undefined ? {} : { authorization: `Bearer ${who.credential}` };
  const response = await fetch(url + path, { method, headers: { ...credential, ...headers } });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, bytes, text: bytes.toString("utf8") };
}

/** Sends a medium as a message, and answers the event. */
export async function send(who: Person, room: string, mediaId: string, more: object = {}): Promise<Loose> {
  const content = { msgtype: "swp.media", media_id: mediaId, ...more };
  return assertOk(await who.post(`/v1/rooms/${room}/send`, { content })).data;
}

export function png(width: number, height: number, red = 200): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: { r: red, g: 20, b: 60 } } })
    .png()
    .toBuffer();
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Names of the files in the blob store, and of those that are being received. */
export async function files(server: TestServer): Promise<{ blobs: string[]; staged: string[] }> {
  const list = async (folder: string) => {
    const found = await readdir(join(server.data, folder), { recursive: true, withFileTypes: true }).catch(() => []);
    return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  };
  const { s3 } = server;
  const blobs = s3 === undefined ? await list("blobs") : await (await S3Server.shared()).files(s3.prefix);
  return { blobs, staged: await list("staging") };
}

/** Waits until something is so; to look without a pause would take the processor of those who make it so. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
