/**
 * A bare server of durable sends: `--place main|worker`, `--work MICROS` of other CPU work a request (parsing, rules),
 * `--listen HOST:PORT`, `--data DIR`.
 */
import { createServer } from "node:http";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { eventMaker, ROOMS } from "../event-rows.ts";
import { mainThreadWriter, workerWriter } from "./writers.ts";

const text = { type: "string" } as const;
const { values } = parseArgs({ options: { place: text, work: text, listen: text, data: text } });
const [host, port] = values.listen!.split(":") as [string, string];
const write = (values.place === "worker" ? workerWriter : mainThreadWriter)(join(values.data!, "events.db"));
const work = Number(values.work) / 1000;
const makeEvent = eventMaker(ROOMS);

const server = createServer((request, response) => {
  if (request.method === "GET") return void response.writeHead(200, { "content-length": 2 }).end("{}");
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (chunk: string) => (body += chunk));
  request.on("end", () => {
    for (const until = performance.now() + work; performance.now() < until;);
    const { content } = JSON.parse(body) as { content: unknown };
    const row = makeEvent(Number(request.url!.slice(1)) % ROOMS, JSON.stringify(content));
    write(row, () => {
      const answer = `{"data":{"id":"${String(row[3])}","stream_position":${String(row[2])}}}`;
      response.writeHead(201, { "content-type": "application/json", "content-length": answer.length }).end(answer);
    });
  });
});
server.listen(Number(port), host);
process.on("SIGTERM", () => process.exit(0));
