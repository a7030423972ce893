import assert from "node:assert/strict";
import { test } from "node:test";
import { isPeerName } from "@stairwell/protocol/signing";
import { placeOf } from "./place.ts";

const NOWHERE = new Map<string, string>();

test("FD21 a server is reached by HTTPS under its own name, at a port that is one: FOU-05", () => {
  const at = (name: string) => placeOf(NOWHERE, name);
  const guarded = { isSecure: true, mayBePrivate: false };
  assert.deepEqual(at("acme.example"), { hostname: "acme.example", port: 443, ...guarded });
  assert.deepEqual(at("acme.example:1"), { hostname: "acme.example", port: 1, ...guarded });
  assert.deepEqual(at("acme.example:65535"), { hostname: "acme.example", port: 65_535, ...guarded });
  // What is no name of a server gets this far by no way: every name is read by one function first.
  for (const name of [
    "acme.example:0",
    "acme.example:080",
    "acme.example:65536",
    "acme.example:-1",
    "acme.example:1e3",
    "acme.example:80:81",
    "file:///etc/passwd",
    "data:,x",
    "unix:/run/x.sock",
    "/run/x.sock",
    "http://acme.example",
    "acme.example:http",
  ]) {
    assert.equal(isPeerName(name), false, name);
  }
});

test("FD21 a place that an operator gave is HTTP or HTTPS at its port: FOU-05", () => {
  const hosts = new Map([
    ["a.example", "http://10.0.0.7"],
    ["b.example", "https://b.internal:8443"],
    ["c.example", "http://[fd00::7]:8080"],
  ]);
  const given = { mayBePrivate: true };
  assert.deepEqual(placeOf(hosts, "a.example"), { hostname: "10.0.0.7", port: 80, isSecure: false, ...given });
  assert.deepEqual(placeOf(hosts, "b.example"), { hostname: "b.internal", port: 8443, isSecure: true, ...given });
  assert.deepEqual(placeOf(hosts, "c.example"), { hostname: "fd00::7", port: 8080, isSecure: false, ...given });
  // A name with another port is another server, and has no place given to it.
  assert.equal(placeOf(hosts, "a.example:8080").mayBePrivate, false);
});
