/**
 * The floor server: the least code that does the same durable work over the same requests. No rights, tenants,
 * validation or hashes; the bearer token is the participant's name.
 *
 *     node floor/main.ts --listen 127.0.0.1:PORT --data DIR
 */
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { parseArgs } from "node:util";
import { openFloorStore } from "./store.ts";
import { FloorStreams } from "./streams.ts";
import { WriteGroup } from "./write-group.ts";

const { values } = parseArgs({ options: { listen: { type: "string" }, data: { type: "string" } } });
const [host, port] = values.listen!.split(":") as [string, string];
mkdirSync(values.data!, { recursive: true });
const store = openFloorStore(values.data!);
const group = new WriteGroup(store.database);

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

function read(request: IncomingMessage, response: ServerResponse): void {
  const [path, query] = request.url!.split("?") as [string, string | undefined];
  const asked = new URLSearchParams(query);
  const limit = Number(asked.get("limit") ?? 50);
  const [, , area, id, list] = path.split("/");
  if (path === "/readyz") return answer(response, 200, "{}");
  if (area === "directory") return answer(response, 200, store.rooms(limit));
  if (list === "members") return answer(response, 200, store.members(id!, Number(asked.get("cursor") ?? 0), limit));
  const direction = asked.get("direction") === "forward" ? "forward" : "back";
  const from = asked.get("from");
  answer(response, 200, store.messages(id!, direction, from === null ? null : Number(from), limit));
}

function write(request: IncomingMessage, response: ServerResponse, body: string): void {
  const sender = request.headers.authorization!.slice("Bearer ".length);
  const [, , , id, verb] = request.url!.split("/");
  const done = (status: number) => (text: string) => answer(response, status, `{"data":${text}}`);
  if (id === undefined) {
    const { name } = JSON.parse(body) as { name: string };
    group.join(() => store.createRoom(name, sender), done(201));
  } else if (verb === "send") {
    const content = JSON.stringify((JSON.parse(body) as { content: unknown }).content);
    group.join(() => store.send(id, sender, content), done(201));
  } else if (verb === "join") {
    group.join(() => store.join(id, sender), done(200));
  } else {
    group.join(() => store.leave(id, sender), done(200));
  }
}

const server = createServer((request, response) => {
  if (request.method === "GET") return read(request, response);
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (text: string) => (body += text));
  request.on("end", () => write(request, response, body));
});
server.on("upgrade", new FloorStreams(store, group).upgrade);
server.listen(Number(port), host, () => console.log(`floor on http://${host}:${port}`));
process.on("SIGTERM", () => process.exit(0));
