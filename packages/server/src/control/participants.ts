import type { Static } from "typebox";
import { Type } from "@stairwell/protocol/schema";
import { fqidOf } from "@stairwell/protocol";
import { OPERATOR } from "../audit/index.ts";
import type { Db, Tx } from "../db/index.ts";
import {
  createParticipant,
  deactivate,
  findByFqid,
  type Participant,
  reactivate,
  setAdmin,
} from "../participants/index.ts";
import type { Tenant } from "../tenants/index.ts";
import { makePersonalWorkspace } from "../workspaces/index.ts";
import { ControlError } from "./control-error.ts";
import { type ControlParts, operation } from "./operation.ts";
import { requireTenant } from "./tenants.ts";

/** A participant as the operator sees them. */
export interface ParticipantInfo {
  id: string;
  fqid: string;
  local_id: string;
  display_name: string;
  participant_type: string;
  roles: string[];
  auto_join: boolean;
  deactivated: boolean;
}

const Whose = Type.Object({ tenant: Type.String(), local_id: Type.String() });

/** Makes a human, bot or agent with a personal workspace; a conflict when the local id is or was somebody's. */
export const participantCreate = operation({
  input: Type.Object({
    tenant: Type.String(),
    local_id: Type.String(),
    participant_type: Type.Union([Type.Literal("human"), Type.Literal("bot"), Type.Literal("agent")]),
    display_name: Type.Optional(Type.String()),
    auto_join: Type.Optional(Type.Boolean()),
    admin: Type.Optional(Type.Boolean()),
  }),
  async run({ db }, input): Promise<ParticipantInfo> {
    const made = await db.write("deployment", async (tx) =>
      createParticipant(tx, makePersonalWorkspace, await requireTenant(tx, input.tenant), {
        localId: input.local_id,
        participantType: input.participant_type,
        displayName: input.display_name,
        autoJoin: input.auto_join,
        admin: input.admin,
        by: OPERATOR,
      }),
    );
    if ("participant" in made) return participantInfo(made.participant);
    throw new ControlError("conflict", `The local id ${input.local_id} is taken; local ids are never used again.`);
  },
});

/** Gives the role `admin`. */
export const roleGrant = operation({ input: Whose, run: (parts, whose) => setRole(parts, whose, true) });

/** Takes the role `admin`; the scope of their tokens goes with it at once. */
export const roleRevoke = operation({ input: Whose, run: (parts, whose) => setRole(parts, whose, false) });

/** Lets somebody in no more; their rooms are left by the server that runs, or that runs next (AU9). */
export const participantDeactivate = operation({
  input: Whose,
  run: ({ db, actors }, whose) =>
    change(db, whose, (tx, { tenantNo }, who) => deactivate(tx, actors, tenantNo, who, OPERATOR)),
});

/** Lets somebody in again, without roles, tokens and rooms; refused while they are still leaving. */
export const participantReactivate = operation({
  input: Whose,
  run: ({ db, actors }, whose) => change(db, whose, (tx, tenant, who) => reactivate(tx, actors, tenant, who, OPERATOR)),
});

async function setRole({ db, actors }: ControlParts, whose: Static<typeof Whose>, admin: boolean) {
  const forget = (tenantNo: number, participantNo: number): void => actors.forgetParticipant(tenantNo, participantNo);
  return change(db, whose, (tx, { tenantNo }, who) => setAdmin(tx, forget, tenantNo, who, admin));
}

function change(
  db: Db,
  whose: Static<typeof Whose>,
  work: (tx: Tx, tenant: Tenant, who: Participant) => Promise<Participant>,
): Promise<ParticipantInfo> {
  return db.write("deployment", async (tx) => {
    const tenant = await requireTenant(tx, whose.tenant);
    const who = await findByFqid(tx, tenant.tenantNo, fqidOf(whose.local_id, tenant.serverName));
    if (who === undefined) {
      throw new ControlError("not_found", `There is nobody in ${whose.tenant} whose local id is '${whose.local_id}'.`);
    }
    return participantInfo(await work(tx, tenant, who));
  });
}

function participantInfo(who: Participant): ParticipantInfo {
  return {
    id: who.participantId,
    fqid: who.fqid,
    local_id: who.localId,
    display_name: who.displayName,
    participant_type: who.participantType,
    roles: [...who.roles],
    auto_join: who.autoJoin,
    deactivated: who.deactivatedAt !== null,
  };
}
