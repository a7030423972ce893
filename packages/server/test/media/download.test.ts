import assert from "node:assert/strict";
import { test } from "node:test";
import { assertOk, assertRefused, Person, TestClock, TestServer } from "@stairwell/testing";
import { deactivate } from "../admin/managed.ts";
import { download, png, send, uploaded } from "./kit.ts";

test("ranges, ETags and HEAD are answered as RFC 9110 says", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const medium = await uploaded(alice, "0123456789", { name: "ten.txt" });
  const path = `/v1/media/download/${medium.media_id}`;
  const etag = `"${medium.sha256}"`;
  const ask = async (headers: Record<string, string>, method = "GET") => {
    const { status, text, headers: got } = await download(alice, path, { headers, method });
    return [status, text, got.get("content-range")];
  };
  assert.deepEqual(await ask({}), [200, "0123456789", null]);
  assert.deepEqual(await ask({ range: "bytes=2-4" }), [206, "234", "bytes 2-4/10"]);
  assert.deepEqual(await ask({ range: "bytes=-3" }), [206, "789", "bytes 7-9/10"]);
  assert.deepEqual(await ask({ range: "bytes=8-99" }), [206, "89", "bytes 8-9/10"]);
  assert.deepEqual(await ask({ range: "bytes=10-" }), [416, "", "bytes */10"]);
  assert.deepEqual(await ask({ range: `bytes=${"0-1,".repeat(1000)}2-3` }), [200, "0123456789", null]);
  assert.deepEqual(await ask({ range: "bytes=2-4", "if-range": '"other"' }), [200, "0123456789", null]);
  assert.deepEqual(await ask({ range: "bytes=2-4", "if-range": etag }), [206, "234", "bytes 2-4/10"]);
  assert.deepEqual(await ask({ "if-none-match": etag }), [304, "", null]);
  assert.deepEqual(await ask({}, "HEAD"), [200, "", null]);
  assert.deepEqual(await ask({ range: "bytes=2-4" }, "HEAD"), [200, "", null]);
  assert.deepEqual(await ask({ range: "bytes=10-", "if-none-match": etag }, "HEAD"), [304, "", null]);
  const { headers } = await download(alice, path, { method: "HEAD" });
  assert.deepEqual([headers.get("content-length"), headers.get("etag")], ["10", etag]);
});

const LIES: Record<string, [bytes: string | (() => Promise<Uint8Array>), claimed: string, type: string, kind: string]> =
  {
    "a picture": [() => png(2, 2), "text/html", "image/png", "inline"],
    "HTML that says it is a picture": ["<html><script>alert(1)</script>", "image/png", "text/plain", "attachment"],
    "an SVG": ['<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "image/svg+xml", "", "attachment"],
    "an XML document": [
      '<?xml version="1.0"?><svg><script>1</script></svg>',
      "image/svg+xml",
      "application/xml",
      "attachment",
    ],
    "a PDF": ["%PDF-1.7\n1 0 obj", "image/png", "application/pdf", "attachment"],
    "text with a control in it": ["a\u0000b", "text/plain", "application/octet-stream", "attachment"],
    "no bytes at all": ["", "image/png", "application/octet-stream", "attachment"],
    "a script": ["fetch('/v1/me')", "text/javascript", "text/plain", "attachment"],
  };

for (const [what, [bytes, claimed, type, kind]] of Object.entries(LIES)) {
  test(`VS4 ${what} is served as what it is, and never runs`, async (t) => {
    const server = await TestServer.start(t);
    const [alice] = await server.people("alice");
    const content = typeof bytes === "string" ? bytes : await bytes();
    const medium = await uploaded(alice, content, { name: "x.png", type: claimed });
    if (type !== "") assert.equal(medium.mime_type, type);
    const { headers, bytes: got } = await download(alice, `/v1/media/download/${medium.media_id}`);
    assert.deepEqual(got, Buffer.from(content));
    assert.equal(headers.get("content-type")!.split(";")[0], medium.mime_type);
    assert.equal(headers.get("content-disposition")!.split(";")[0], kind);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("content-security-policy"), "sandbox; default-src 'none'");
    assert.equal(headers.get("cross-origin-resource-policy"), "same-origin");
    assert.match(headers.get("cache-control")!, /^private/);
  });
}

test("a picture with a page behind it is a picture", async (t) => {
  const server = await TestServer.start(t);
  const [alice] = await server.people("alice");
  const bytes = Buffer.concat([await png(3, 2), Buffer.from("<html><script>alert(1)</script></html>")]);
  const medium = await uploaded(alice, bytes, { name: "x.html", type: "text/html" });
  assert.deepEqual([medium.mime_type, medium.width, medium.height], ["image/png", 3, 2]);
  const { headers } = await download(alice, `/v1/media/download/${medium.media_id}`);
  assert.deepEqual(
    [headers.get("content-type"), headers.get("content-security-policy")],
    ["image/png", "sandbox; default-src 'none'"],
  );
});

test("a link needs no token, for five minutes, and ends with its maker's right to read", async (t) => {
  const clock = new TestClock();
  const server = await TestServer.start(t, { clock });
  const [alice, bob] = await server.people("alice", "bob");
  const room = await alice.roomWith([bob]);
  const { media_id } = await uploaded(alice, "linked");
  const event = await send(alice, room, media_id);
  assertRefused(await server.person("carol").get(`/v1/media/signed/${media_id}`), 404, "SW_MEDIA_NOT_FOUND");
  const { url, expires_at } = assertOk(await bob.get(`/v1/media/signed/${media_id}`)).data;
  assert.equal(Date.parse(expires_at), clock.now() + 5 * 60_000);
  const follow = async (path: string) => (await download(undefined, path, { url: server.url })).status;
  assert.equal((await download(undefined, url, { url: server.url })).text, "linked");
  assert.equal(await follow(`${url.slice(0, -1)}${url.endsWith("A") ? "B" : "A"}`), 404);
  assert.equal(await follow("/v1/media/linked?link=x"), 404);
  clock.advance(5 * 60_000);
  assert.equal(await follow(url), 404);
  const fresh = assertOk(await bob.get(`/v1/media/signed/${media_id}`)).data.url;
  assert.equal(await follow(fresh), 200);
  assertOk(await alice.post(`/v1/rooms/${room}/events/${event.id}/redact`));
  assert.equal(await follow(fresh), 404);
});

test("AU3 a link ends with its maker's account, and with their tenant's standing", async (t) => {
  const operatorToken = "t".repeat(40);
  const server = await TestServer.start(t, { operatorToken });
  const [alice, bob, admin] = await server.people("alice", "bob", "admin");
  const room = await alice.roomWith([bob]);
  const { media_id } = await uploaded(alice, "linked");
  await send(alice, room, media_id);
  const linkOf = async (who: Person): Promise<string> =>
    assertOk(await who.get(`/v1/media/signed/${media_id}`)).data.url;
  const [hers, his] = [await linkOf(alice), await linkOf(bob)];
  const follow = async (path: string) => (await download(undefined, path, { url: server.url })).status;
  assert.deepEqual([await follow(hers), await follow(his)], [200, 200]);
  await deactivate(server, admin, bob);
  assert.deepEqual([await follow(hers), await follow(his)], [200, 404]);
  const operator = new Person(server.url, "operator", operatorToken);
  assertOk(await operator.patch(`/v1/operator/tenants/${alice.me.tenant.id}`, { suspended: true }));
  assert.equal(await follow(hers), 404);
});
