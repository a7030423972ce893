import assert from "node:assert/strict";
import { test } from "node:test";
import { StairwellError } from "@stairwell/protocol";
import { Idempotency, type Repeatable } from "../../src/http/idempotency.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { perform, RECEIPT_LIFE, sweepReceipts } from "../../src/receipts/index.ts";
import { openStand } from "./kit.ts";

const keyed = (key: string, json: unknown, token = "alice") => ({ json, token, headers: { "idempotency-key": key } });

test("AP6 a repeat with the same key replays the first answer, secrets included, and has no effect", async (t) => {
  const { ask, book, db } = await openStand(t);
  const first = await ask("POST", "/v1/notes", keyed("k-1", { text: "a" }));
  const again = await ask("POST", "/v1/notes", keyed("k-1", { text: "a" }));
  assert.equal(first.status, 201);
  assert.equal(first.headers.get("idempotency-replayed"), null);
  assert.equal(again.status, 201);
  assert.equal(again.headers.get("idempotency-replayed"), "true");
  assert.deepEqual(again.data, first.data);
  assert.deepEqual(again.data, { id: "note-1", text: "a", secret: "secret of a" });
  assert.equal(book.notes.size, 1);
  const rows = await db.all<{ key: string; reference: string }>("SELECT key, reference FROM receipts");
  assert.equal(rows.length, 1);
  assert.ok(!rows[0]!.reference.includes("secret of") && !rows[0]!.key.includes("k-1"));
});

test("AP6 another body under the same key is a conflict, whatever the difference", async (t) => {
  const { ask, book } = await openStand(t);
  await ask("POST", "/v1/notes", keyed("k", { text: "a" }));
  for (const body of ['{"text":"b"}', '{"text": "a"}', '{"text":"a","extra":{}}']) {
    const got = await ask("POST", "/v1/notes", {
      body,
      headers: { "content-type": "application/json", "idempotency-key": "k" },
    });
    assert.equal(got.status, 409);
    assert.equal(got.error.code, "SW_IDEMPOTENCY_CONFLICT");
    assert.equal(got.error.rule, "AP6");
  }
  assert.equal(book.notes.size, 1);
});

test("AP6 keys belong to a caller, a call and what its path names", async (t) => {
  const { ask, book } = await openStand(t);
  await ask("POST", "/v1/notes", keyed("k", { text: "a" }));
  assert.equal(
    (await ask("POST", "/v1/notes", keyed("k", { text: "b" }, "bob"))).headers.get("idempotency-replayed"),
    null,
  );
  assert.equal(book.notes.size, 2);
  for (const id of ["note-1", "note-2"]) {
    const got = await ask("POST", `/v1/notes/${id}/touch`, keyed("k", {}));
    assert.equal(got.headers.get("idempotency-replayed"), null);
    assert.equal((got.data as { id: string }).id, id);
  }
  const again = await ask("POST", "/v1/notes/note-1/touch", keyed("k", {}));
  assert.equal(again.headers.get("idempotency-replayed"), "true");
  assert.deepEqual(again.data, { id: "note-1", text: "a" });
});

test("AP6 a refused or failed request keeps nothing, and the next one runs", async (t) => {
  const { ask, book } = await openStand(t);
  assert.equal((await ask("POST", "/v1/notes/note-1/touch", keyed("k", {}))).status, 404);
  assert.equal((await ask("POST", "/v1/notes", keyed("k", { text: 1 }))).status, 400);
  book.beforeWrite = () => {
    throw new StairwellError("SW_ROOM_FROZEN", { rule: "LC1" });
  };
  assert.equal((await ask("POST", "/v1/notes", keyed("k", { text: "a" }))).status, 409);
  book.beforeWrite = () => {};
  const got = await ask("POST", "/v1/notes", keyed("k", { text: "a" }));
  assert.equal(got.status, 201);
  assert.equal(got.headers.get("idempotency-replayed"), null);
  assert.equal((await ask("POST", "/v1/notes/note-1/touch", keyed("k", {}))).status, 200);
});

test("AP6 32 equal requests at once have one effect and one answer", async (t) => {
  const { ask, book } = await openStand(t);
  for (let round = 0; round < 20; round++) {
    const answers = await Promise.all(
      Array.from({ length: 32 }, () => ask("POST", "/v1/notes", keyed(`race-${round}`, { text: `t${round}` }))),
    );
    assert.equal(book.notes.size, round + 1);
    assert.equal(answers.filter(({ headers }) => headers.get("idempotency-replayed") === null).length, 1);
    for (const { status, data } of answers) {
      assert.equal(status, 201);
      assert.deepEqual(data, answers[0]!.data);
    }
  }
});

test("AP6 when the first of several fails, the next one runs", async (t) => {
  const { ask, book } = await openStand(t);
  let attempts = 0;
  book.beforeWrite = () => {
    if (++attempts <= 3) throw new StairwellError("SW_ROOM_FROZEN", { rule: "LC1" });
  };
  const answers = await Promise.all(
    Array.from({ length: 32 }, () => ask("POST", "/v1/notes", keyed("k", { text: "a" }))),
  );
  assert.deepEqual(
    [409, 201].map((status) => answers.filter((answer) => answer.status === status).length),
    [3, 29],
  );
  assert.equal(book.notes.size, 1);
  assert.equal(attempts, 4);
});

test("AP6 a key is 1..128 visible ASCII, and is heeded on POST only", async (t) => {
  const { ask, raw } = await openStand(t);
  for (const key of ["", "a b", "x".repeat(129), "\u00e9", "a\tb"]) {
    const got = await ask("POST", "/v1/notes", keyed(key, { text: "a" }));
    assert.equal(got.status, 400, JSON.stringify(key));
    assert.equal((got.error.details as { path: string }[])[0]!.path, "Idempotency-Key");
  }
  assert.equal((await ask("POST", "/v1/notes", keyed("x".repeat(128), { text: "a" }))).status, 201);
  assert.equal((await ask("GET", "/v1/notes", { headers: { "idempotency-key": "a b" } })).status, 200);
  const twice = await raw(
    "POST /v1/notes/note-1/touch HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer alice\r\nIdempotency-Key: a\r\nIdempotency-Key: b\r\nConnection: close\r\n\r\n",
  );
  assert.match(twice, /^HTTP\/1.1 400 /);
});

test("AP6 an answer counts for 24 hours, and is swept after that", async (t) => {
  let now = Date.now();
  const { ask, book, db } = await openStand(t, { clock: { ...systemClock, now: () => now } });
  await ask("POST", "/v1/notes", keyed("k", { text: "a" }));
  const kept = await db.get<{ created_at: number }>("SELECT created_at FROM receipts");
  now = kept!.created_at + RECEIPT_LIFE - 1;
  assert.equal((await ask("POST", "/v1/notes", keyed("k", { text: "b" }))).status, 409);
  assert.equal(await sweepReceipts(db, now), 0);
  now++;
  assert.equal(await sweepReceipts(db, now), 1);
  assert.equal((await ask("POST", "/v1/notes", keyed("k", { text: "b" }))).status, 201);
  assert.equal(book.notes.size, 2);
});

test("AP6 an answer too old to count is replaced, also when it was not swept", async (t) => {
  const { ask, book, db } = await openStand(t);
  await ask("POST", "/v1/notes", keyed("k", { text: "a" }));
  await db.write("deployment", (tx) => tx.run("UPDATE receipts SET created_at = created_at - $1", RECEIPT_LIFE + 1000));
  assert.equal((await ask("POST", "/v1/notes", keyed("k", { text: "b" }))).headers.get("idempotency-replayed"), null);
  assert.equal((await ask("POST", "/v1/notes", keyed("k", { text: "b" }))).headers.get("idempotency-replayed"), "true");
  assert.equal(book.notes.size, 2);
});

test("AP6 old answers are swept slice by slice", async (t) => {
  const { db } = await openStand(t);
  await db.write("deployment", async (tx) => {
    for (let n = 0; n < 1201; n++) {
      await tx.run("INSERT INTO receipts VALUES (1, 1, 'op', $1, 'h', 200, '{}', $2)", `k${n}`, n);
    }
  });
  assert.equal(await sweepReceipts(db, RECEIPT_LIFE + 1100), 1101);
  assert.equal((await db.get<{ n: number }>("SELECT count(*) AS n FROM receipts"))!.n, 100);
});

const repeatable: Repeatable = {
  key: "k",
  bodyHash: "h",
  scope: { tenantNo: 1, participantNo: 1, operation: "op", keyHash: "kh" },
};

test("AP6 of two processes on one store, one has the effect and the other its answer", async (t) => {
  const { db } = await openStand(t);
  const secret = Buffer.alloc(32, "secret");
  const processes = [1, 2].map(() => new Idempotency({ db, clock: systemClock, secret }));
  let effects = 0;
  const outcomes = await Promise.all(
    processes.map((process, n) =>
      process.perform(repeatable, (receipt) =>
        perform(db, "deployment", receipt, async (tx) => {
          await tx.run("INSERT INTO receipts VALUES (9, $1, 'effect', 'x', 'h', 200, '{}', $2)", n, tx.now);
          tx.afterCommit(() => effects++);
          return { status: 201, ref: { n } };
        }),
      ),
    ),
  );
  assert.equal(effects, 1);
  assert.equal(outcomes.filter(({ replayed }) => replayed).length, 1);
  assert.deepEqual(outcomes[0]!.answer.ref, outcomes[1]!.answer.ref);
  assert.equal((await db.get<{ n: number }>("SELECT count(*) AS n FROM receipts WHERE tenant_no = 9"))!.n, 1);
});

test("AP6 whoever waits too long for the first gets 409 with Retry-After", async (t) => {
  const { db } = await openStand(t);
  const idempotency = new Idempotency({ db, clock: systemClock, secret: Buffer.alloc(32), patienceMs: 5 });
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = idempotency.perform(repeatable, async (receipt) => {
    await promise;
    return perform(db, "deployment", receipt, async () => ({ status: 200, ref: {} }));
  });
  await assert.rejects(
    idempotency.perform(repeatable, () => assert.fail("ran beside the first")),
    (error) =>
      error instanceof StairwellError && error.code === "SW_IDEMPOTENCY_CONFLICT" && error.info.retryAfterSeconds === 1,
  );
  resolve();
  await first;
});

test("AP6 a command that forgets to keep its answer fails loudly", async (t) => {
  const { db } = await openStand(t);
  const idempotency = new Idempotency({ db, clock: systemClock, secret: Buffer.alloc(32) });
  await assert.rejects(
    idempotency.perform(repeatable, () => ({ status: 200, ref: {} })),
    /did not keep its answer/,
  );
});

test("AP6 a sealed text opens for the same caller, call and key only", async (t) => {
  const { db } = await openStand(t);
  const secret = Buffer.alloc(32, "secret");
  const receiptOf = async (repeat: Repeatable, server = secret) =>
    (
      await new Idempotency({ db, clock: systemClock, secret: server }).perform(repeat, (r) =>
        perform(db, "deployment", r, async () => ({ status: 200, ref: {} })),
      )
    ).receipt;
  const sealed = (await receiptOf(repeatable)).seal("swt_abc");
  assert.ok(!Buffer.from(sealed, "base64url").includes("swt_abc"));
  assert.equal((await receiptOf(repeatable)).unseal(sealed), "swt_abc");
  for (const other of [
    await receiptOf({ ...repeatable, key: "other" }),
    await receiptOf({ ...repeatable, scope: { ...repeatable.scope, participantNo: 2 } }),
    await receiptOf({ ...repeatable, scope: { ...repeatable.scope, operation: "other" } }),
    await receiptOf(repeatable, Buffer.alloc(32, "other")),
  ]) {
    assert.throws(() => other.unseal(sealed), /does not open/);
  }
});
