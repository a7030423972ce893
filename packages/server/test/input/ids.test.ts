import assert from "node:assert/strict";
import { test } from "node:test";
import type { Route } from "@stairwell/protocol/api";
import { neededQuery, openStage, rightBody, routes, type Stage } from "./specimens.ts";
import type { Heard } from "./wire.ts";

/** Ids as they stand in a path, none of which names anything. */
const STRANGE_IDS = [
  "nope",
  "..%2f",
  "%2e%2e",
  "%2E%2E%2Fetc",
  "..",
  ".",
  "%2F",
  "a%2Fb",
  "%00",
  "a%00b",
  "%0d%0aX-Injected:%20yes",
  "%27",
  "%27%20OR%201=1--",
  "%22",
  "%5c",
  "*",
  "%25",
  "%F0%9F%98%80",
  "%e2%80%ae",
  "%7B%7D",
  "[]",
  "null",
  "undefined",
  "0",
  "-1",
  "1e9",
  "__proto__",
  "constructor",
  "toString",
  "room-",
  "prt-",
  "x".repeat(255),
  "x".repeat(256),
  "x".repeat(5000),
];

function say(stage: Stage, route: Route, path: string): Promise<Heard> {
  const query = neededQuery(route, stage).toString();
  const said = { method: route.method, path: path + (query && `?${query}`) };
  if (route.body === undefined) return stage.wire.say({ ...said, headers: stage.headersOf(route) });
  const headers = { ...stage.headersOf(route), "content-type": "application/json" };
  return stage.wire.say({ ...said, headers, body: JSON.stringify(rightBody(route, stage)) });
}

/** What may differ between two answers to the same question (AP2). */
function comparable({ status, headers, error }: Heard): unknown {
  const { date: _, "x-request-id": __, ...rest } = headers;
  return { status, headers: { ...rest, "content-length": "" }, error: { ...error, request_id: "" } };
}

/** A parameter's place in the path of a call; all others are right. */
function pathWith(route: Route, stage: Stage, name: string, text: string): string {
  return route.path.replaceAll(/\{(\w+)\}/g, (_, key: string) =>
    key === name ? text : encodeURIComponent(stage.idsOf(route)[key]!),
  );
}

test("AP2 whatever stands in a path for an id that names nothing is answered as any unknown id, and nothing is written", async (t) => {
  const stage = await openStage(t);
  const before = await stage.version();
  for (const route of routes) {
    for (const [, name] of route.path.matchAll(/\{(\w+)\}/g)) {
      const unknown = await say(stage, route, pathWith(route, stage, name!, "nobody-knows-this"));
      assert(unknown.status === 404, `${route.operationId} {${name}}: ${unknown.status} ${unknown.text}`);
      for (const id of STRANGE_IDS) {
        // Another call, not another id of this one.
        if (id.includes("..") || id === ".") continue;
        const heard = await say(stage, route, pathWith(route, stage, name!, id));
        assert.deepEqual(comparable(heard), comparable(unknown), `${route.operationId} {${name}} = ${id.slice(0, 60)}`);
      }
    }
  }
  assert.equal(await stage.version(), before, "something was written");
});

test("AP2 a real id in another case, with a space or cut short is unknown", async (t) => {
  const stage = await openStage(t);
  const before = await stage.version();
  for (const route of routes) {
    for (const [, name] of route.path.matchAll(/\{(\w+)\}/g)) {
      const id = stage.idsOf(route)[name!]!;
      if (!/^(?:room|evt|prt|ws)-/.test(id)) continue;
      for (const other of [id.toUpperCase(), `${id} `, ` ${id}`, id.slice(0, -1), `${id}x`, `${id}\0`]) {
        const heard = await say(stage, route, pathWith(route, stage, name!, encodeURIComponent(other)));
        assert.equal(heard.status, 404, `${route.operationId} {${name}} = ${other}: ${heard.status} ${heard.text}`);
      }
    }
  }
  assert.equal(await stage.version(), before, "something was written");
});

test("AP2 an id in an encoding of no text, or a path that climbs, is refused, and nothing is written", async (t) => {
  const stage = await openStage(t);
  const before = await stage.version();
  const paths = [
    "/v1/rooms/%",
    "/v1/rooms/%zz",
    "/v1/rooms/%ff",
    "/v1/rooms/%c0%af",
    "/v1/rooms/%ed%a0%80/join",
    "/v1/rooms/../me",
    "/v1/../v1/me",
    "//v1/me",
    "/v1//me",
    "/v1/me/",
    "/V1/me",
    "/v1/rooms//join",
    "/../../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/v1/me;x=1",
    "/v1/me%3fx",
    "/v1/me%00",
    "/.",
    "/..",
    "/",
    "*",
    "/v1",
    "/v1/nothing",
    `/${"a/".repeat(4000)}`,
    "/v1/rooms/__proto__/__proto__",
  ];
  for (const path of paths) {
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
      // A page for people.
      if (`${method} ${path}` === "GET /") continue;
      const heard = await stage.wire.say({ method, path, headers: stage.headers });
      assert(heard.status >= 400 && heard.status < 500, `${method} ${path}: ${heard.status} ${heard.text}`);
      assert.match(heard.error?.code ?? "", /^SW_/, `${method} ${path}`);
    }
  }
  assert.equal(await stage.version(), before, "something was written");
});

test("AP5 no call takes another method, and nothing is written", async (t) => {
  const stage = await openStage(t);
  const before = await stage.version();
  const methods = [
    "GET",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "PROPFIND",
    "SEARCH",
    "LOCK",
    "COPY",
    "QUERY",
  ];
  for (const path of new Set(routes.map((route) => route.path))) {
    const known: string[] = routes.filter((route) => route.path === path).map(({ method }) => method);
    const real = path.replaceAll(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(stage.ids[key]!));
    // A path such as `/v1/rooms/dm` is also one of `/v1/rooms/{room_id}`.
    const fits = (one: string): boolean => new RegExp(`^${one.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path);
    const also = routes
      .filter((route) => route.path !== path && fits(route.path))
      .map(({ method }) => method as string);
    for (const method of methods) {
      if (known.includes(method) || also.includes(method)) continue;
      const heard = await stage.wire.say({ method, path: real, headers: stage.headers });
      assert.equal(heard.status, 405, `${method} ${path}: ${heard.status} ${heard.text}`);
      assert.equal(heard.error!.code, "SW_METHOD_NOT_ALLOWED");
      const allowed = heard.headers.allow!.split(", ");
      for (const one of known) assert(allowed.includes(one), `${method} ${path}: Allow: ${heard.headers.allow}`);
    }
  }
  assert.equal(await stage.version(), before, "something was written");
});
