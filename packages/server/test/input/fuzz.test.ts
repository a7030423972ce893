import assert from "node:assert/strict";
import { test } from "node:test";
import { ERRORS } from "@stairwell/protocol";
import { type Route, routes } from "@stairwell/protocol/api";
import { verify } from "@stairwell/server/testing";
import { assertOk, freshSeed, Random, rounds, TestServer } from "@stairwell/testing";
import { Check, Errors } from "typebox/value";
import { anyJson, MadeUp } from "./made-up.ts";
import { type Heard, Wire } from "./wire.ts";

/** Those who know something are asked for most often; the last two are nobody. */
const CALLERS = [
  ..."alice ".repeat(12).trim().split(" "),
  ..."bob ".repeat(8).trim().split(" "),
  "carol",
  "admin",
  "eve@other",
  "newcomer",
  "UPPER",
  "",
];
/** Under way at once. */
const LANES = 8;

/** What of our own insides an answer must never show. */
const INSIDES =
  /node_modules|node:internal|\.ts:\d|\bat (?:async )?[\w.<]+ \(|\/packages\/|SQLITE_|sqlite|stairwell\.db|prepare\(|constraint failed/i;

/** Collects the ids that answers tell, so that later requests can name them. */
class Known {
  readonly ids = new Map<string, string[]>(
    [
      "room_id",
      "event_id",
      "participant_id",
      "workspace_id",
      "token_id",
      "alias",
      "fqid",
      "target",
      "ids",
      "cursor",
      "since",
      "from",
    ].map((key) => [key, []]),
  );

  note(value: unknown): void {
    if (typeof value !== "object" || value === null) return;
    for (const [key, entry] of Object.entries(value)) {
      if (typeof entry === "string") this.#noteText(key, entry);
      else this.note(entry);
    }
  }

  #noteText(key: string, text: string): void {
    const prefixes = {
      "room-": "room_id",
      "evt-": "event_id",
      "prt-": "participant_id",
      "ws-": "workspace_id",
      "tok-": "token_id",
    };
    for (const [prefix, kind] of Object.entries(prefixes)) if (text.startsWith(prefix)) this.#add(kind, text);
    if (text.startsWith("prt-")) for (const kind of ["target", "ids"]) this.#add(kind, text);
    if (key === "room_alias") this.#add("alias", text);
    if (key === "fqid") this.#add("fqid", text);
    if (key === "next_cursor") for (const kind of ["cursor", "since", "from"]) this.#add(kind, text);
  }

  #add(kind: string, text: string): void {
    const list = this.ids.get(kind)!;
    // The newest of each kind, and room for new ones.
    if (!list.includes(text)) list.push(text);
    if (list.length > 40) list.splice(5, 10);
  }
}

/** The one form of every answer, and what the table says of this call's. */
function assertForm(route: Route, heard: Heard, context: string): void {
  // Servers that are named in requests are no servers.
  const isElsewhere = heard.error?.code === "SW_FED_PEER_UNREACHABLE";
  assert(heard.status < 500 || isElsewhere, `${context}: ${heard.status} ${heard.text.slice(0, 500)}`);
  assert(
    !INSIDES.test(heard.text.replaceAll(/"(?:body|x|long|name|topic|display_name|reason)":"(?:[^"\\]|\\.)*"/g, "")),
    `${context}: ${heard.text.slice(0, 500)}`,
  );
  if (route.bytes !== undefined && heard.status < 400) return;
  assert.equal(heard.headers["content-type"], "application/json; charset=utf-8", context);
  assert.equal(typeof heard.headers["x-request-id"], "string", context);
  const whole = JSON.parse(heard.text) as object;
  if (heard.status < 400) {
    assert(
      (route.statuses as readonly number[]).includes(heard.status),
      `${context}: ${heard.status} is not in the table`,
    );
    assert(
      Object.keys(whole).every((key) => key === "data" || key === "meta"),
      context,
    );
    for (const [part, schema] of [
      ["data", route.data],
      ["meta", route.meta],
    ] as const) {
      if (schema === undefined) continue;
      if (!Check(schema as never, heard[part])) {
        assert.fail(
          `${context}: ${part} is not as the table says: ${JSON.stringify(Errors(schema as never, heard[part]).slice(0, 3))} ${heard.text.slice(0, 500)}`,
        );
      }
    }
    return;
  }
  assert.deepEqual(Object.keys(whole), ["error"], context);
  const { code, message, request_id, ...rest } = heard.error! as Record<string, unknown> & {
    code: keyof typeof ERRORS;
  };
  assert.equal(ERRORS[code]?.status, heard.status, `${context}: ${heard.text}`);
  assert(typeof message === "string" && message.length > 0, context);
  assert.equal(request_id, heard.headers["x-request-id"], context);
  for (const key of Object.keys(rest))
    assert(["details", "rule", "needed", "actual"].includes(key), `${context}: ${key}`);
  if (heard.status === 403 || heard.status === 409)
    assert.equal(typeof rest["rule"], "string", `${context}: ${heard.text}`);
  if (code === "SW_REQUEST_INVALID" && rest["details"] !== undefined) {
    for (const { path, reason } of heard.error!.details!)
      assert(typeof path === "string" && reason.length > 0, context);
  }
}

test("AP5 no request made up from the table fails inside, and every answer has its form", async (t) => {
  const seed = freshSeed();
  const random = new Random(seed);
  const server = await TestServer.start(t);
  const wire = new Wire(server.url);
  t.after(() => wire.close());
  const people = await server.people("alice", "bob", "carol", "admin");
  await server.liftLimits();
  const known = new Known();
  const made = new MadeUp(random, known.ids);
  for (const person of people) known.note(person.me);
  for (const name of ["One", "Two"])
    known.note((await people[0].post("/v1/rooms", { room_type: "public", name })).data);
  known.note((await server.person("eve", "other").get("/v1/me")).data);

  const counts: Record<string, number> = {};
  const reached = new Set<string>();
  let left = rounds(20_000);
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      while (left > 0) {
        const n = left--;
        const route = random.pick(routes);
        const query = made.query(route);
        const path = made.path(route) + (query && `?${query}`);
        const body =
          route.body === undefined ? undefined : random.chance(0.02) ? anyJson(random) : made.body(route.body as never);
        const headers: Record<string, string> = {
          host: "localhost",
          authorization: `Bearer dev-${random.pick(CALLERS)}`,
        };
        if (body !== undefined) headers["content-type"] = random.chance(0.99) ? "application/json" : "text/plain";
        if (random.chance(0.1))
          headers["idempotency-key"] = random.pick(["a", "b", "c", `${n}`, "x".repeat(129), "a b"]);
        const heard = await wire.say({
          method: route.method,
          path,
          headers,
          ...(body !== undefined && { body }),
          chunked: random.chance(0.05),
        });
        assertForm(
          route,
          heard,
          `seed ${seed}, request ${n}: ${route.method} ${path.slice(0, 300)} ${(body ?? "").slice(0, 500)}`,
        );
        counts[heard.status] = (counts[heard.status] ?? 0) + 1;
        if (heard.status < 400) {
          reached.add(route.operationId);
          known.note(heard.data);
          known.note(heard.meta);
        }
        // Whoever is let in no more would be refused for the rest of the run.
        if (heard.status < 400 && route.operationId === "deactivateParticipant") {
          const back = path.replace("/deactivate", "/reactivate");
          for (const person of people) if ((await person.post(back)).status < 400) break;
        }
      }
    }),
  );
  const missed = routes.map(({ operationId }) => operationId).filter((id) => !reached.has(id));
  t.diagnostic(`seed ${seed}: ${JSON.stringify(counts)}; calls that never succeeded: ${missed.join(", ") || "none"}`);
  assert.equal(({} as { x?: unknown }).x, undefined);
  assert.equal(Object.keys(Object.prototype).length, 0);
  assertOk(await server.person("late").get("/v1/me"));
  assert.deepEqual((await verify(server.db)).findings, []);
});
