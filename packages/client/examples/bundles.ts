import { createWriteStream, openAsBlob } from "node:fs";
import { Writable } from "node:stream";
import { StairwellClient } from "@stairwell/client";
import { bundles, rooms } from "@stairwell/protocol/api";

const client = new StairwellClient({ baseUrl: process.env.STAIRWELL_URL!, token: process.env.STAIRWELL_TOKEN! });
const [path] = process.argv.slice(2) as [string];
const { data: room } = await client.request(rooms.createRoom, { body: { room_type: "group", name: "Kitchen" } });

// A body that ends with an error is no bundle: remove what came of it.
const made = await client.exportRoom(room.id);
console.log(`${made.events} events and ${made.mediaBytes} bytes of media go to ${made.fileName}`);
await made.body.pipeTo(Writable.toWeb(createWriteStream(path)));

const file = await openAsBlob(path);
const { meta } = await client.upload(bundles.importRoom, { file, form: { dry_run: "true" } });
console.log(`${meta.report.events} events, signature ${meta.report.signature}`);
const { data: copy } = await client.upload(bundles.importRoom, {
  file,
  idempotencyKey: crypto.randomUUID(),
  onWork: ({ step, done, total }) => console.log(`${step}: ${done} of ${total}`),
});
console.log(`${copy!.name} is there again as ${copy!.id}`);
