import { StairwellApiError } from "@stairwell/client";
import type { Control } from "@stairwell/server";
import type { OnProgress } from "../progress.ts";
import { inParallel } from "./in-parallel.ts";
import { localIdOf } from "../plan/local-id.ts";
import { roomNamed } from "./room.ts";
import { type Credential, credentialsOf, type Door, type Signed, signIn } from "./sign-in.ts";
import { tenantWithoutLimits } from "./tenant.ts";

/** Makes the room and reads it; no nick becomes this local id. */
export const HOST = { localId: "replay.host", displayName: "Replay" };
const AT_ONCE = 32;

export interface Entrance {
  /** A tenant without limits; made when missing. */
  readonly tenant: string;
  /** The name of the public room; made when missing. */
  readonly room: string;
}

/** A room, and everybody who speaks in it, signed in. */
export interface Entered {
  readonly roomId: string;
  readonly host: Signed;
  /** By nick. */
  readonly people: ReadonlyMap<string, Signed>;
}

/**
 * Makes sure of the tenant, the room and the people, and signs them in. An error when the tenant has limits, or when
 * the server behind the door is not the one that `control` speaks of.
 */
export async function enter(
  door: Door,
  control: Control,
  { tenant: slug, room }: Entrance,
  nicks: readonly string[],
  onProgress: OnProgress,
): Promise<Entered> {
  const credential = await credentialsOf(door, control, slug);
  const tenant = await tenantWithoutLimits(control, slug);
  const host = await signInHost(door, credential);
  if (host?.tenantId !== tenant.id) {
    throw new Error(`the server at ${door.url} runs on another data folder: name its own by --data`);
  }
  const roomId = await roomNamed(host, room);
  const people = new Map<string, Signed>();
  await inParallel(nicks, AT_ONCE, async (nick) => {
    people.set(nick, await signIn(door, credential, localIdOf(nick), nick));
    onProgress({ what: "people signed in", done: people.size, total: nicks.length });
  });
  return { roomId, host, people };
}

/** Undefined when the server does not know the credential. */
async function signInHost(door: Door, credential: Credential): Promise<Signed | undefined> {
  try {
    return await signIn(door, credential, HOST.localId, HOST.displayName);
  } catch (error) {
    if (error instanceof StairwellApiError && error.status === 401) return undefined;
    throw error;
  }
}
