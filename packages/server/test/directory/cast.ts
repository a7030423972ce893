import { assertOk, type Person, type TestClock, type TestServer } from "@stairwell/testing";
import { foreigner } from "../support/stage.ts";

/** How people stand to a room, one each. */
export const STANDINGS = [
  "joined",
  "invited",
  "declined",
  "left",
  "kicked",
  "banned",
  "banned, never in",
  "unbanned",
  "ban over",
  "never in",
  "of another tenant",
] as const;
export type Standing = (typeof STANDINGS)[number];

/** Whose stay in the room has ended: they read it up to that end (MB10). */
export const WERE_IN: readonly Standing[] = ["left", "kicked", "banned", "unbanned", "ban over"];

export type Cast = Readonly<Record<Standing, Person>>;

/** A person for each standing, signed in. */
export async function castOf(server: TestServer): Promise<Cast> {
  const cast: Partial<Record<Standing, Person>> = {};
  for (const [i, standing] of STANDINGS.entries()) {
    const tenant = standing === "of another tenant" ? "other" : "dev";
    cast[standing] = await foreigner(server, `person-${i}`, tenant);
  }
  return cast as Cast;
}

const JOIN_FIRST = ["joined", ...WERE_IN] as const;

/** A room of the admin's to which everybody stands as their part says. */
export async function roomWithCast(admin: Person, cast: Cast, clock: TestClock, body: object): Promise<string> {
  const room = await admin.roomWith(
    JOIN_FIRST.map((standing) => cast[standing]),
    { ...body },
  );
  const act = async (by: Person, verb: string, more: object) =>
    assertOk(await by.post(`/v1/rooms/${room}/${verb}`, more));
  const at = (standing: Standing) => ({ participant_id: cast[standing].id });
  await admin.say(room, "for those who are in");
  for (const standing of ["invited", "declined"] as const) await act(admin, "invite", at(standing));
  await act(cast.declined, "leave", {});
  await act(cast.left, "leave", {});
  await act(admin, "kick", at("kicked"));
  for (const standing of ["banned", "banned, never in", "unbanned"] as const) await act(admin, "ban", at(standing));
  await act(admin, "unban", at("unbanned"));
  await act(admin, "ban", { ...at("ban over"), expires_at: new Date(clock.now() + 1000).toISOString() });
  clock.advance(1000);
  await admin.say(room, "after they went");
  return room;
}
