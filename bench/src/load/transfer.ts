/**
 * Takes a room out of a server as a file, or brings one: `node load/transfer.ts export|import BASE_URL TOKEN FILE [ROOM]`.
 * A process of its own, since hundreds of megabytes through the load's own loop would be seen in its latencies; less
 * urgent than the load. Writes what came of it as JSON.
 */
import { createReadStream, createWriteStream, statSync } from "node:fs";
import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import { setPriority } from "node:os";
import { pipeline } from "node:stream/promises";

const [what, base, token, file, roomId] = process.argv.slice(2) as [string, string, string, string, string?];
const BOUNDARY = "stairwell-bench";
setPriority(10);

function ask(path: string, method: "GET" | "POST", headers: Record<string, string | number> = {}) {
  return request(new URL(path, base), { method, headers: { authorization: `Bearer ${token}`, ...headers } });
}

async function answerOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

async function exportRoom(): Promise<object> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    ask(`/v1/rooms/${roomId}/export`, "GET").once("response", resolve).once("error", reject).end();
  });
  if (response.statusCode !== 200) throw new Error(`${response.statusCode} ${await answerOf(response)}`);
  await pipeline(response, createWriteStream(file));
  return { bytes: statSync(file).size };
}

async function importRoom(): Promise<object> {
  const before = Buffer.from(
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="room.zip"\r\n` +
      "Content-Type: application/zip\r\n\r\n",
  );
  const after = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
  const { size } = statSync(file);
  const sending = ask("/v1/rooms/import", "POST", {
    "content-type": `multipart/form-data; boundary=${BOUNDARY}`,
    "content-length": before.length + size + after.length,
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sending.once("response", resolve).once("error", reject);
  });
  sending.write(before);
  await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), sending, { end: false });
  sending.end(after);
  const response = await answered;
  const text = await answerOf(response);
  if (response.statusCode !== 201) throw new Error(`${response.statusCode} ${text.slice(0, 500)}`);
  const { data, meta } = JSON.parse(text) as { data: { id: string }; meta: { report: object } };
  return { roomId: data.id, report: meta.report, bytes: size };
}

const started = performance.now();
const made = await (what === "export" ? exportRoom() : importRoom());
const used = process.cpuUsage();
process.stdout.write(
  JSON.stringify({
    ...made,
    seconds: (performance.now() - started) / 1000,
    loadCpuSeconds: (used.user + used.system) / 1e6,
  }),
);
