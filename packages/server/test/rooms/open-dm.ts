import type { TestContext } from "node:test";
import type { Person } from "@stairwell/testing";
import { RoomUnderTest } from "../members/room-under-test.ts";
import { openStage } from "../support/stage.ts";

/** The direct room of Alice, who opened it, and Bob. */
export async function openDm(t: TestContext) {
  const stage = await openStage(t, ["alice", "bob"]);
  const { id } = (await dmWith(stage.alice, stage.bob)).data as { id: string };
  return { ...stage, id, dm: new RoomUnderTest(stage.server, id, stage.alice) };
}

export function dmWith(from: Person, other: Person): ReturnType<Person["post"]> {
  return from.post("/v1/rooms/dm", { participant_id: other.id });
}
