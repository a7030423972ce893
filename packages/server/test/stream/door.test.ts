import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { StairwellError } from "@stairwell/protocol";
import { CLOSE } from "@stairwell/protocol/stream";
import { Person } from "@stairwell/testing";
import type { Actor } from "../../src/auth/index.ts";
import { StreamDoor } from "../../src/stream/stream.ts";
import { hubOn } from "./hub-on.ts";
import { RawStream, upgrade } from "./raw.ts";

/** A door of its own, on whose sign-ins the test decides; with bob at it. */
async function doorOn(t: TestContext, authenticate: (actor: Actor) => Promise<Actor>) {
  const { hub, identities, watched, people, whoIs } = await hubOn(t);
  const who = await whoIs(people[1]);
  const tenant = { ...who, serverName: "dev.localhost" };
  const actor = { ...who, tenant, scopes: new Set(["read"]), expiresAt: Infinity } as unknown as Actor;
  const faults: unknown[] = [];
  const door = new StreamDoor({
    db: watched.store,
    hub,
    identities,
    headerCredential: () => "a credential",
    authenticate: () => authenticate(actor),
    guard: () => {},
    refuse: (_request: unknown, socket: Socket) => socket.destroy(),
    newSessionId: () => "s",
    monotonic: () => 0,
    now: () => 0,
    onFault: (error: unknown) => faults.push(error),
  } as unknown as ConstructorParameters<typeof StreamDoor>[0]);
  const server = createServer().on("upgrade", door.upgrade).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  t.after(async () => {
    await door.stop();
    server.close();
  });
  const bob = new Person(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, "bob", "dev-bob");
  return { bob, faults, watched };
}

test("AU3 a credential that ended between the sign-in and the opening is found out", async (t) => {
  let signIns = 0;
  const { bob } = await doorOn(t, async (actor) => {
    if (signIns++ > 0) throw new StairwellError("SW_AUTH_INVALID_TOKEN");
    return actor;
  });
  const stream = await RawStream.connect(t, bob.url);
  stream.write(upgrade(bob.url));
  assert.equal(await stream.closeCode(), CLOSE.credential);
});

test("ST7 a store that cannot be read ends a stream with 1011, and is written down", async (t) => {
  const { bob, faults, watched } = await doorOn(t, async (actor) => actor);
  watched.isBroken = true;
  const stream = await RawStream.connect(t, bob.url);
  stream.write(upgrade(bob.url));
  assert.equal(await stream.closeCode(), CLOSE.fault);
  assert.match(String(faults[0]), /the store is broken/);
});
