import { createWriteStream, openAsBlob } from "node:fs";
import { Writable } from "node:stream";
import { StairwellClient } from "@stairwell/client";
import { media, messages, rooms } from "@stairwell/protocol/api";

const client = new StairwellClient({ baseUrl: process.env.STAIRWELL_URL!, token: process.env.STAIRWELL_TOKEN! });
const [path, copy] = process.argv.slice(2) as [string, string];

// The file is read as it goes; in a page give the File of an <input>.
const { data: file } = await client.upload(media.uploadMedia, {
  file: await openAsBlob(path),
  name: "menu.txt",
  onProgress: (sent, total) => console.log(`${sent} of ${total} bytes`),
});
const { data: room } = await client.request(rooms.createRoom, { body: { room_type: "group", name: "Kitchen" } });
await client.request(messages.sendMessage, {
  params: { room_id: room.id },
  body: { content: { body: "The menu", media_id: file.media_id } },
});

const download = await client.download(media.downloadMedia, { params: { media_id: file.media_id } });
await download.body.pipeTo(Writable.toWeb(createWriteStream(copy)));
console.log(`${download.fileName}: ${download.size} bytes`);
