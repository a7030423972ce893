import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { type Route, routes } from "@stairwell/protocol/api";
import { assertOk, type Person, TestServer, versionOf } from "@stairwell/testing";
import { Wire } from "./wire.ts";

/** A schema of the route table as the JSON Schema it is. */
export interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

export const schemaOf = (schema: unknown): Schema => schema as Schema;

/** A server in which every call of the table can be made rightly, and the wire to it. */
export interface Stage {
  server: TestServer;
  wire: Wire;
  alice: Person;
  bob: Person;
  /** Ids that are right for each path parameter and key of a body. */
  ids: Readonly<Record<string, string>>;
  /** As `ids`, for one call: an administrator's are about a bot. */
  idsOf(route: Pick<Route, "access">): Readonly<Record<string, string>>;
  headers: Readonly<Record<string, string>>;
  /** Those of somebody whom the call lets in. */
  headersOf(route: Pick<Route, "access">): Readonly<Record<string, string>>;
  /** Changes with every commit, whatever it wrote. */
  version(): Promise<string>;
}

const OPERATOR = "the-token-of-an-operator-in-tests";

export async function openStage(t: TestContext): Promise<Stage> {
  const server = await TestServer.start(t, { operatorToken: OPERATOR });
  const [alice, bob, admin] = await server.people("alice", "bob", "admin");
  await server.liftLimits();
  const room = await alice.roomWith([bob], { room_type: "public", name: "The stage" });
  const event = await alice.say(room, "hello");
  const workspace = assertOk(await alice.post("/v1/workspaces", { name: "Stage" })).data.id;
  assertOk(await alice.post(`/v1/workspaces/${workspace}/members`, { participant_id: bob.id, role: "editor" }));
  const bot = assertOk(
    await admin.post("/v1/admin/participants", {
      local_id: "porter",
      participant_type: "bot",
      token: { name: "porter" },
    }),
  ).data;
  const ids = {
    room_id: room,
    event_id: event.id,
    participant_id: bob.id,
    workspace_id: workspace,
    token_id: assertOk(await alice.get("/v1/me/tokens")).data[0]?.id ?? "tok-none",
    alias: assertOk(await alice.get(`/v1/rooms/${room}`)).data.room_alias,
    media_id: await upload(server),
    tenant_id: admin.me.tenant.id,
    fqid: bob.me.fqid,
    target: bob.id,
    ids: bob.id,
    reply_to_event_id: event.id,
  };
  const managed = { ...ids, participant_id: bot.id, token_id: bot.token.id };
  const wire = new Wire(server.url);
  const reader = await server.openReader();
  t.after(async () => {
    wire.close();
    await reader.close();
  });
  return {
    server,
    wire,
    alice,
    bob,
    ids,
    idsOf: ({ access }) => (access === "admin" ? managed : ids),
    headers: headersWith("dev-alice"),
    headersOf: ({ access }) => HEADERS[access] ?? headersWith("dev-alice"),
    version: () => versionOf(reader),
  };
}

function headersWith(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}`, host: "localhost" };
}

const HEADERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  admin: headersWith("dev-admin"),
  operator: headersWith(OPERATOR),
};

/** A medium of alice's. */
async function upload(server: TestServer): Promise<string> {
  const body = new FormData();
  body.set("file", new Blob(["a text"]), "note.txt");
  const answer = await fetch(`${server.url}/v1/media/upload`, {
    method: "POST",
    headers: headersWith("dev-alice"),
    body,
  });
  const { data } = (await answer.json()) as { data: { media_id: string } };
  return data.media_id;
}

/** Values that are right where a key's schema alone does not say so. */
const RIGHT: Readonly<Record<string, unknown>> = {
  slug: "a-slug",
  event_type: "acme.deploy",
  event_uuid: "a-uuid",
  from: "0",
  muted_until: null,
  expires_at: "2099-01-01T00:00:00Z",
  timezone: "Europe/Berlin",
  locale: "en",
  content: { body: "hello" },
  timeout: 1,
  emoji: "👍",
  avatar_url: "https://example.com/a.png",
};

/** A value that the schema takes, with real ids where a key names one. */
export function rightValue(schema: Schema, key: string, { ids }: Pick<Stage, "ids">): unknown {
  if (key in ids) return ids[key];
  if (key in RIGHT) return RIGHT[key];
  if ("const" in schema) return schema.const;
  if (schema.anyOf !== undefined) return rightValue(schema.anyOf[0]!, key, { ids });
  switch (schema.type) {
    case "string":
      return "text".padEnd(schema.minLength ?? 0, "x");
    case "integer":
    case "number":
      return schema.minimum ?? 1;
    case "boolean":
      return false;
    case "null":
      return null;
    case "array":
      return [rightValue(schema.items!, key, { ids })];
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, property]) => [name, rightValue(property, name, { ids })]),
      );
    default:
      throw new Error(`no value for ${JSON.stringify(schema)}`);
  }
}

/** A body that the call takes. */
export function rightBody(route: Route, stage: Pick<Stage, "ids">): Record<string, unknown> {
  const body = rightValue(schemaOf(route.body), "", stage) as Record<string, unknown>;
  // Of the two ways to say it, one.
  if (route.operationId === "inviteMember") delete body.fqid;
  if (route.operationId === "setMute") delete body.duration_seconds;
  // Only who is of another server is met so.
  if (route.operationId === "openFederatedDm") body.fqid = "@somebody:rooms.example";
  // The role is for people, and the call here is about a bot.
  if (route.operationId === "updateParticipant") delete body.roles;
  return body;
}

/** The path of a call with its parameters filled in. */
export function pathOf(route: Route, values: Readonly<Record<string, string>>): string {
  return route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    assert(values[name] !== undefined, `no value for {${name}} of ${route.operationId}`);
    return encodeURIComponent(values[name]);
  });
}

/** The required part of a right query, to which faults are added. */
export function neededQuery(route: Route, stage: Pick<Stage, "ids">): URLSearchParams {
  const { properties = {}, required = [] } = schemaOf(route.query ?? {});
  return new URLSearchParams(
    required.map((name): [string, string] => [name, String(rightValue(properties[name]!, name, stage))]),
  );
}

export const withBody: readonly Route[] = routes.filter(({ body }) => body !== undefined);
export { routes };
