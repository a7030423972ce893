import type { Control } from "@stairwell/server";
import { directs } from "../script/directs.ts";
import { lobby } from "../script/lobby.ts";
import { release } from "../script/release.ts";
import { smallerRooms } from "../script/smaller-rooms.ts";
import { foundCompany } from "./company.ts";
import { type Guests, playGuests } from "./guests.ts";
import type { SceneClock } from "./scene-clock.ts";
import { directHappenings, sceneHappenings } from "./stage.ts";

/** The company is so old, in minutes. */
export const OLDEST = 2 * 24 * 60 + 60;

/** Plays the company's last two days into an empty store, through the API, while the server's clock follows. */
export async function seed(url: string, control: Control, clock: SceneClock, guests?: Guests): Promise<void> {
  const company = await foundCompany(url, control);
  const scenes = [lobby, release, ...smallerRooms].flatMap((scene) => sceneHappenings(company, scene));
  const talks = directs.flatMap((direct) => directHappenings(company, direct));
  // Sorting is stable: what a room does at one time stays in its order.
  for (const { ago, happen } of [...scenes, ...talks].sort((a, b) => b.ago - a.ago)) {
    clock.moveTo(ago);
    await happen();
  }
  if (guests !== undefined) await playGuests(url, company.players.ada, clock, guests);
  await company.end();
}
