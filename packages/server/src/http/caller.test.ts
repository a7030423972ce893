import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { test } from "node:test";
import { readNetworks } from "../lib/networks.ts";
import { callerBehind } from "./caller.ts";

const caller = (trusted: string | undefined, from: string, forwarded?: string): string =>
  callerBehind(trusted === undefined ? undefined : readNetworks(trusted)!)({
    socket: { remoteAddress: from },
    headers: { ...(forwarded !== undefined && { "x-forwarded-for": forwarded }) },
  } as unknown as IncomingMessage);

test("who connects is who called, whatever they say of it, unless they are a proxy that is trusted", () => {
  assert.equal(caller(undefined, "127.0.0.1", "9.9.9.9"), "127.0.0.1");
  assert.equal(caller("", "127.0.0.1", "9.9.9.9"), "127.0.0.1");
  assert.equal(caller("10.0.0.0/8", "11.0.0.1", "9.9.9.9"), "11.0.0.1");
});

test("behind proxies that are trusted, the last who is none of them called", () => {
  const trusted = "10.0.0.0/8, 127.0.0.1 2001:db8::/32";
  assert.equal(caller(trusted, "10.1.2.3", "9.9.9.9"), "9.9.9.9");
  assert.equal(caller(trusted, "10.1.2.3", "1.1.1.1, 9.9.9.9"), "9.9.9.9", "what the caller wrote is passed over");
  assert.equal(caller(trusted, "127.0.0.1", "1.1.1.1,9.9.9.9, 10.0.0.7"), "9.9.9.9");
  assert.equal(caller(trusted, "2001:db8::5", "2a00::1"), "2a00::1");
  assert.equal(caller(trusted, "::ffff:10.1.2.3", "::ffff:9.9.9.9"), "9.9.9.9");
});

test("a proxy that does not say whom it was called by is who called", () => {
  for (const said of [undefined, "", "unknown", "9.9.9.9, nobody", "9.9.9.9:80"]) {
    assert.equal(caller("10.0.0.1", "10.0.0.1", said), "10.0.0.1", String(said));
  }
  assert.equal(caller("10.0.0.0/8", "10.0.0.1", "10.0.0.2"), "10.0.0.2");
});

test("what is neither an address nor a network is told", () => {
  for (const text of ["proxy", "10.0.0.0/33", "10.0.0.0/8/8", "10.0.0.0/", "10.0.0", "::1/129", "fe80::1%eth0"]) {
    assert.equal(readNetworks(text), undefined, text);
  }
});
