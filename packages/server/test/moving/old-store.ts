import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { assertOk, Person } from "@stairwell/testing";
import { createLog, NO_LIMITS, type RunningServer, type S3Options, startServer } from "@stairwell/server/testing";
import { type Loose, png, send, uploaded } from "../media/kit.ts";

export interface Place {
  readonly url?: string;
  readonly s3?: S3Options;
}

/** A server on a folder, or on what its store was moved to. It ends with the test. */
export async function serverOn(t: TestContext, data: string, { url, s3 }: Place = {}): Promise<RunningServer> {
  const server = await startServer({
    data,
    ...(url !== undefined && { store: { url, isUnsafe: true } }),
    listen: { host: "127.0.0.1", port: 0 },
    dev: true,
    log: createLog("silent"),
    failedSignInsPerMinute: 1_000_000,
    media: { maxBytes: 10_000_000, keepUnusedSeconds: 86_400, ...(s3 && { s3 }) },
  });
  t.after(() => server.close());
  return server;
}

export function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "stairwell-moving-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function signedIn(server: RunningServer, ...names: string[]): Promise<Person[]> {
  return Promise.all(names.map((name) => new Person(server.url, name, `dev-${name}@dev`).signIn()));
}

export interface Peopled {
  readonly rooms: { readonly group: string; readonly open: string; readonly incognito: string; readonly dm: string };
  readonly media: string;
  /** What alice can read. */
  readonly paths: readonly string[];
}

/** A tenant with something of every kind in it. */
export async function peopled(server: RunningServer): Promise<Peopled> {
  const [alice, bob, carol] = (await signedIn(server, "alice", "bob", "carol")) as [Person, Person, Person];
  await server.setLimits("dev", NO_LIMITS);
  const group = await alice.roomWith([bob, carol], { name: "Group", topic: "Of all kinds" });
  const open = await alice.roomWith([bob], { room_type: "public", name: "Open" });
  const incognito = await alice.roomWith([bob], { room_type: "incognito" });
  const dm = assertOk(await alice.post("/v1/rooms/dm", { participant_id: bob.id })).data.id as string;
  const media = await fill(alice, bob, group);
  for (const room of [open, incognito, dm]) await fill(alice, bob, room);
  assertOk(await bob.post(`/v1/rooms/${open}/leave`));
  assertOk(await alice.post(`/v1/rooms/${group}/kick`, { participant_id: carol.id }));
  const closed = await alice.roomWith([bob], { room_type: "incognito" });
  await alice.say(closed, "gone with its key");
  assertOk(await alice.post(`/v1/rooms/${closed}/close`));
  await withOtherServers(server);
  const rooms = [group, open, incognito, dm].flatMap((id) =>
    ["", "/messages?limit=200", "/messages?limit=3&direction=forward", "/members", "/state", "/files"].map(
      (part) => `/v1/rooms/${id}${part}`,
    ),
  );
  const lists = ["/v1/me", "/v1/rooms/unread", "/v1/rooms/archived", "/v1/inbox", "/v1/workspaces"];
  const found = ["/v1/directory/rooms", "/v1/directory/participants", `/v1/media/${media}/info`];
  return { rooms: { group, open, incognito, dm }, media, paths: [...lists, ...found, ...rooms] };
}

/** Messages, threads, mentions, edits, reactions, redactions, files; answers one that stands. */
async function fill(alice: Person, bob: Person, room: string): Promise<string> {
  const first = await alice.say(room, "hello 🦊", { mentions: [bob.id] });
  for (let i = 0; i < 8; i++) await bob.say(room, `reply ${i}`, { reply_to_event_id: first.id });
  const at = (event: Loose, what: string) => `/v1/rooms/${room}/events/${event.id}/${what}`;
  assertOk(await alice.post(at(first, "edit"), { content: { body: "hello again" } }));
  assertOk(await bob.post(at(first, "reaction"), { emoji: "🎉" }));
  assertOk(await bob.post(at(await bob.say(room, "to be redacted"), "redact"), {}));
  const { media_id } = await uploaded(alice, await png(900, 600), { name: "a.png", room } as Loose);
  await send(alice, room, media_id as string);
  await bob.say(room, "the last");
  return media_id as string;
}

/** What servers that share leave in the store, texts that PostgreSQL has no place for, and a number of its own. */
async function withOtherServers({ db }: RunningServer): Promise<void> {
  await db.write("deployment", async (tx) => {
    const { no } = (await tx.get<{ no: number }>("SELECT tenant_no AS no FROM tenants WHERE slug = 'dev'"))!;
    await tx.run(
      "INSERT INTO peers (tenant_no, server_name, keys, first_seen, last_error) VALUES ($1, $2, '[]', 5, $3)",
      no,
      "other.example",
      "nul \0 and \uFFFF0 and \uFFFF",
    );
    await tx.run(
      "INSERT INTO proposals (tenant_no, event_id, server_name, room_no, participant_no, state, asked_at) VALUES ($1, 'evt-x', 'other.example', 9, 1, 'refused', 1)",
      no,
    );
  });
}

/** What files of a folder hold, by their names. */
export function contentsOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    names
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
      .map((path) => [path, createHash("sha256").update(readFileSync(path)).digest("hex")]),
  );
}
