import { StairwellClient } from "@stairwell/client";
import { auth, participants, workspaces } from "@stairwell/protocol/api";
import type { Control } from "@stairwell/server";
import { CAST, PEOPLE, PORTER, SCOUT, type Who } from "../script/cast.ts";

/** The tenant that `dev-ada` signs in to. */
export const TENANT = "dev";

/** Somebody of the demo, who can call. */
export interface Player {
  readonly client: StairwellClient;
  readonly id: string;
}

export interface Company {
  readonly players: Readonly<Record<Who, Player>>;
  /** The team's workspace. */
  readonly workspaceId: string;
  /** Takes away the tokens that the bot and the agent played with. */
  readonly end: () => Promise<void>;
}

/** Makes the tenant, its people, a bot and an agent, and the team's workspace. */
export async function foundCompany(url: string, control: Control): Promise<Company> {
  await control.run("tenant.create", { slug: TENANT, server_name: `${TENANT}.localhost`, name: "Kettle Weather" });
  const players = new Map<Who, Player>();
  for (const who of PEOPLE) players.set(who, await register(url, who, CAST[who].name));
  const machines = [
    { ...PORTER, type: "bot" },
    { ...SCOUT, type: "agent" },
  ] as const;
  const ends: (() => Promise<unknown>)[] = [];
  for (const { localId, name, type } of machines) {
    const made = { tenant: TENANT, local_id: localId, participant_type: type, display_name: name, auto_join: true };
    const { id } = await control.run("participant.create", made);
    const minted = await control.run("token.create", { tenant: TENANT, local_id: localId, name: "demo" });
    const client = new StairwellClient({ baseUrl: url, token: minted.token });
    players.set(localId, { client, id });
    ends.push(() => client.request(participants.revokeToken, { params: { token_id: minted.id } }));
  }
  const company = Object.fromEntries(players) as Record<Who, Player>;
  return {
    players: company,
    workspaceId: await makeWorkspace(company),
    end: async () => {
      for (const end of ends) await end();
    },
  };
}

async function register(url: string, localId: string, displayName: string): Promise<Player> {
  const client = new StairwellClient({ baseUrl: url, token: `dev-${localId}@${TENANT}` });
  const { data: me } = await client.request(auth.register, { body: { display_name: displayName } });
  if (me.display_name !== displayName)
    await client.request(participants.updateMe, { body: { display_name: displayName } });
  return { client, id: me.participant_id };
}

async function makeWorkspace({ ada, ben, chika, dario, elif, frida }: Record<Who, Player>): Promise<string> {
  const { data } = await ada.client.request(workspaces.createWorkspace, { body: { name: "Kettle", slug: "kettle" } });
  const roles = [
    [ben, "editor"],
    [chika, "editor"],
    [dario, "editor"],
    [elif, "editor"],
    [frida, "viewer"],
  ] as const;
  for (const [{ id }, role] of roles) {
    const params = { workspace_id: data.id };
    await ada.client.request(workspaces.addWorkspaceMember, { params, body: { participant_id: id, role } });
  }
  return data.id;
}
