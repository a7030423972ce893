import { StairwellClient } from "@stairwell/client";
import { auth, participants } from "@stairwell/protocol/api";
import type { Control } from "@stairwell/server";
import { reaching } from "../../reach.ts";
import { patiently } from "./patiently.ts";

/** Tokens minted for a replay work for a day. */
const TOKEN_MS = 24 * 60 * 60 * 1000;

/** The credential of somebody of the tenant, who is made when missing. */
export type Credential = (localId: string) => string | Promise<string>;

/** Somebody who has signed in. */
export interface Signed {
  readonly client: StairwellClient;
  readonly participantId: string;
  readonly tenantId: string;
}

export interface Door {
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
}

/** How people sign in here: by development mode where the server offers it, else by tokens that the operator mints. */
export async function credentialsOf(door: Door, control: Control, tenant: string): Promise<Credential> {
  if (await hasDevelopmentMode(door)) return (localId) => `dev-${localId}@${tenant}`;
  const expires_at = new Date(Date.now() + TOKEN_MS).toISOString();
  return async (localId) => {
    const minted = await control.run("token.create", { tenant, local_id: localId, name: "replay", expires_at });
    return minted.token;
  };
}

async function hasDevelopmentMode(door: Door): Promise<boolean> {
  const { data } = await reaching(door.url, () => clientOf(door).request(auth.getAuthConfig));
  return data.development;
}

/** Signs somebody in, and gives them this display name. */
export async function signIn(
  door: Door,
  credential: Credential,
  localId: string,
  displayName: string,
): Promise<Signed> {
  const client = clientOf(door, await credential(localId));
  let { data: me } = await patiently(() => client.request(auth.register, { body: { display_name: displayName } }));
  if (me.display_name !== displayName) {
    ({ data: me } = await client.request(participants.updateMe, { body: { display_name: displayName } }));
  }
  return { client, participantId: me.participant_id, tenantId: me.tenant.id };
}

function clientOf({ url, fetch }: Door, token?: string): StairwellClient {
  return new StairwellClient({ baseUrl: url, fetch, token });
}
