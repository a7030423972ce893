import type { TestContext } from "node:test";
import { type Person, StreamClient, TestServer } from "@stairwell/testing";
import { RawStream } from "./raw.ts";

/** Opens rude streams beside a bystander, who must go on hearing whatever happens to those. */
export async function beside(t: TestContext, alice: Person, bob: Person) {
  const room = await alice.roomWith([bob]);
  const bystander = await StreamClient.open(t, bob);
  let said = 0;
  return {
    room,
    rude: () => RawStream.open(t, alice),
    /** Whatever happened to one stream, others go on. */
    async goesOn() {
      const body = `${said++}`;
      await alice.say(room, body);
      await bystander.until(({ content }) => content?.body === body);
    },
  };
}

/** A server with somebody who listens while others misbehave. */
export async function bystanding(t: TestContext) {
  const server = await TestServer.start(t);
  return { server, ...(await beside(t, ...(await server.people("alice", "bob")))) };
}
