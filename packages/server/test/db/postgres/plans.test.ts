import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { assertOk, freshDatabase, type Person, StreamClient, TestServer } from "@stairwell/testing";
import { Client } from "pg";
import { Session } from "../../../src/db/postgres/session.ts";
import { nodeFolder } from "../../nodes/node-folder.ts";
import { tempFolder } from "../../support/store.ts";

/** Every statement with values that servers of this process send, by its text. */
function recorded(t: TestContext): ReadonlySet<string> {
  const texts = new Set<string>();
  const { query } = Session.prototype;
  Session.prototype.query = function (text, values) {
    texts.add(text);
    return query.call(this, text, values);
  };
  t.after(() => void (Session.prototype.query = query));
  return texts;
}

/** What is done all day: sends, joins, pages of history, threads, members, rooms, unread, inbox, streams that come back. */
async function day(t: TestContext, ann: Person, bob: Person, cat: Person): Promise<void> {
  const room = await ann.roomWith([bob], { name: "Many" });
  const open = await ann.roomWith([], { name: "Open", is_public: true });
  const at = `/v1/rooms/${room}`;
  const { id } = await ann.say(room, "first");
  for (let i = 0; i < 5; i++) await bob.say(room, `line ${i}`);
  await bob.say(room, "answer", { reply_to: id });
  const stream = await StreamClient.open(t, bob);
  await ann.say(room, "you", { mentions: [bob.id] });
  await ann.say(room, "all of you", { mentions: ["@room"] });
  await stream.find(({ content }) => content?.body === "all of you");
  const since = assertOk(await bob.get("/v1/sync")).data.next_cursor as string;
  await stream.cut();
  await ann.say(room, "missed");
  await stream.connect({ since });
  await stream.find(({ content }) => content?.body === "missed");
  assertOk(await ann.post(`${at}/events/${id}/reaction`, { emoji: "👍" }));
  assertOk(await ann.post(`${at}/events/${id}/edit`, { content: { msgtype: "swp.text", body: "other" } }));
  for (const path of [
    at,
    `${at}/messages`,
    `${at}/messages?direction=forward&limit=3`,
    `${at}/messages?thread=${id}`,
    `${at}/events/${id}`,
    `${at}/members`,
    `${at}/members?limit=1`,
    "/v1/rooms/unread",
    "/v1/inbox",
    "/v1/me/pending",
    `/v1/sync?since=${since}`,
  ]) {
    assertOk(await bob.get(path));
  }
  for (const path of ["rooms", "rooms?q=op", "rooms?sort=name", "participants", "participants?q=a"]) {
    assertOk(await cat.get(`/v1/directory/${path}`));
  }
  assertOk(await cat.post(`/v1/rooms/${open}/join`));
  assertOk(await bob.put(`${at}/read`, { event_id: id }));
  assertOk(await ann.post(`${at}/events/${id}/redact`));
  assertOk(await bob.get(`${at}/messages`));
}

const ROOMS = "generate_series(1000, 1999) AS room";

/** Copies of a row of each large table, with these keys: 1,000 rooms. Nobody counts them. */
const COPIES: Readonly<Record<string, readonly [string, string]>> = {
  participants: [
    "generate_series(1000, 4999) AS n",
    "'participant_no', n, 'participant_id', 'p-' || n, 'fqid', '@p' || n || ':x', 'local_id', 'p' || n, 'personal_workspace_id', null",
  ],
  rooms: [ROOMS, "'room_no', room, 'room_id', 'room-' || room, 'alias', null, 'dm_low', null, 'dm_high', null"],
  members: [`${ROOMS}, generate_series(1000, 1009) AS n`, "'room_no', room, 'participant_no', n, 'listed_position', n"],
  standings: [`${ROOMS}, generate_series(1000, 1009) AS n`, "'room_no', room, 'participant_no', n"],
  reading: [`${ROOMS}, generate_series(1000, 1009) AS n`, "'room_no', room, 'participant_no', n"],
  events: [
    `${ROOMS}, generate_series(1, 30) AS n`,
    "'room_no', room, 'position', n, 'seq', room * 100 + n, 'event_id', room || '-' || n, 'event_uuid', null",
  ],
  mentions: [`${ROOMS}, generate_series(1, 10) AS n`, "'room_no', room, 'position', n, 'seq', room * 100 + n"],
};

async function copyRows(client: Client): Promise<void> {
  for (const [table, [rows, keys]] of Object.entries(COPIES)) {
    await client.query(
      `INSERT INTO ${table} SELECT (jsonb_populate_record(x.one, jsonb_build_object(${keys}))).*
       FROM (SELECT one FROM ${table} one LIMIT 1) x, ${rows}`,
    );
  }
}

/** How a statement is run once its plan is kept, as it is after some five times: whatever its values are. */
async function planOf(client: Client, text: string): Promise<string[]> {
  await client.query(`PREPARE asked AS ${text}`);
  const values = [...new Set(text.match(/\$\d+/g))].map(() => "NULL").join(", ");
  const { rows } = await client.query<Record<string, string>>(
    `EXPLAIN (COSTS OFF) EXECUTE asked${values === "" ? "" : `(${values})`}`,
  );
  await client.query("DEALLOCATE asked");
  return rows.map((step) => Object.values(step)[0]!);
}

/** Steps that read the log by no more than its tenant or room, and not from an end of it as far as they must. */
function wideReads(plan: readonly string[]): string[] {
  return plan.filter((step, i) => {
    if (!/Scan.* on events\b/.test(step) && !/Bitmap Index Scan on events_/.test(step)) return false;
    if (/Seq Scan/.test(step)) return true;
    const by = plan.slice(i + 1, i + 3).find((line) => line.includes("Index Cond:")) ?? "";
    return !/\b"?(position|seq|event_id|event_uuid)"? /.test(by) && !plan[i - 1]?.includes("Limit");
  });
}

test("no statement of all day reads a log or a room's part of it for some of its events, where nobody has counted the tables", async (t) => {
  const texts = recorded(t);
  const { url: store, drop } = await freshDatabase();
  t.after(drop);
  const folder = tempFolder(t);
  const start = (name: string) => TestServer.start(t, { store, data: nodeFolder(folder, name) });
  const [a, b] = [await start("a"), await start("b")];
  const [ann, bob, cat] = [a.person("ann"), b.person("bob"), a.person("cat")];
  for (const person of [ann, bob, cat]) await person.signIn();
  await day(t, ann, bob, cat);
  await Promise.all([a.stop(), b.stop()]);
  const statements = [...texts].filter((text) => /\bevents\b/.test(text) && !text.startsWith("INSERT INTO events"));
  assert.ok(statements.length > 15, `only ${statements.length} statements`);

  const client = new Client({ connectionString: store });
  await client.connect();
  try {
    // As a server's connections have them.
    await client.query("SET enable_seqscan = off; SET jit = off; SET plan_cache_mode = force_generic_plan");
    await copyRows(client);
    for (const isCounted of [false, true]) {
      if (isCounted) await client.query("ANALYZE");
      const wide = [];
      for (const text of statements) {
        const plan = await planOf(client, text);
        if (wideReads(plan).length > 0) wide.push(`${text}\n${plan.join("\n")}`);
      }
      assert.deepEqual(wide, [], isCounted ? "counted" : "not counted");
    }
  } finally {
    await client.end();
  }
});
