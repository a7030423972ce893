import { Type } from "@stairwell/protocol/schema";
import { fqidOf, StairwellError } from "@stairwell/protocol";
import type { Scope } from "@stairwell/protocol/api";
import { OPERATOR, record as recordAct } from "../audit/index.ts";
import { cleanTokenName, expiryOf, mintToken, tokenView, type TokenView } from "../auth/index.ts";
import type { Tx } from "../db/index.ts";
import { createParticipant, findByFqid, type Participant, setAdmin } from "../participants/index.ts";
import type { Tenant } from "../tenants/index.ts";
import { makePersonalWorkspace } from "../workspaces/index.ts";
import { type ControlParts, operation } from "./operation.ts";
import { requireTenant } from "./tenants.ts";

/** A minted token, shown this once, and whose it is. */
export interface MintedToken extends TokenView {
  token: string;
  participant_id: string;
  fqid: string;
  local_id: string;
  /** Whether the participant was made for it. */
  participant_made: boolean;
}

const USUAL_NAME = "command line";
const MOST_AT_ONCE = 100_000;
/** People a write group: others' writes come between. */
const SLICE = 100;

/** Mints a token for a person, who is made when missing. With `admin` they get the role, and the token the scope. */
export const tokenCreate = operation({
  input: Type.Object({
    tenant: Type.String(),
    local_id: Type.String(),
    admin: Type.Optional(Type.Boolean()),
    name: Type.Optional(Type.String()),
    expires_at: Type.Optional(Type.String()),
  }),
  async run(parts, input): Promise<MintedToken> {
    const tenant = await requireTenant(parts.db, input.tenant);
    const wanted = { name: cleanTokenName(input.name ?? USUAL_NAME), expiresAt: input.expires_at };
    return parts.db.write(tenant, (tx) =>
      mintFor(tx, parts, tenant, input.local_id, { ...wanted, admin: input.admin ?? false }),
    );
  },
});

/** Mints a token each for `PREFIX1` to `PREFIXn`, who are made when missing; in that order. */
export const tokenCreateMany = operation({
  input: Type.Object({
    tenant: Type.String(),
    prefix: Type.String(),
    count: Type.Integer({ minimum: 1, maximum: MOST_AT_ONCE }),
    name: Type.Optional(Type.String()),
    expires_at: Type.Optional(Type.String()),
  }),
  async run(parts, input, onProgress): Promise<MintedToken[]> {
    const { count } = input;
    const tenant = await requireTenant(parts.db, input.tenant);
    const wanted = { name: cleanTokenName(input.name ?? USUAL_NAME), expiresAt: input.expires_at, admin: false };
    const minted: MintedToken[] = [];
    while (minted.length < count) {
      const slice = Array.from({ length: Math.min(SLICE, count - minted.length) }, (_, i) => minted.length + i + 1);
      const made = await parts.db.write(tenant, async (tx) => {
        const tokens = [];
        for (const n of slice) tokens.push(await mintFor(tx, parts, tenant, `${input.prefix}${n}`, wanted));
        return tokens;
      });
      minted.push(...made);
      onProgress({ done: minted.length, total: count });
    }
    return minted;
  },
});

async function mintFor(
  tx: Tx,
  { actors }: ControlParts,
  tenant: Tenant,
  localId: string,
  wanted: { name: string; expiresAt: string | undefined; admin: boolean },
): Promise<MintedToken> {
  const { tenantNo } = tenant;
  const expiresAt = expiryOf(wanted.expiresAt, tx.now);
  const known = await findByFqid(tx, tenantNo, fqidOf(localId, tenant.serverName));
  if (known?.deactivatedAt != null) throw new StairwellError("SW_PARTICIPANT_NOT_FOUND");
  let owner = known ?? (await makeHuman(tx, tenant, localId));
  if (wanted.admin) {
    const forget = (no: number, participantNo: number): void => actors.forgetParticipant(no, participantNo);
    owner = await setAdmin(tx, forget, tenantNo, owner, true);
  }
  const scopes: Scope[] = wanted.admin ? ["read", "write", "admin"] : ["read", "write"];
  const numbers = { tenantNo, participantNo: owner.participantNo };
  const { token, record } = await mintToken(tx, numbers, { name: wanted.name, scopes, expiresAt });
  const details = { token_id: record.tokenId, scopes };
  await recordAct(tx, { tenantNo, action: "token.mint", actor: OPERATOR, target: owner.fqid, details });
  return {
    ...tokenView(record),
    token,
    participant_id: owner.participantId,
    fqid: owner.fqid,
    local_id: owner.localId,
    participant_made: known === undefined,
  };
}

async function makeHuman(tx: Tx, tenant: Tenant, localId: string): Promise<Participant> {
  const made = await createParticipant(tx, makePersonalWorkspace, tenant, {
    localId,
    participantType: "human",
    by: OPERATOR,
  });
  if ("taken" in made) throw new Error("somebody who was not there is taken");
  return made.participant;
}
