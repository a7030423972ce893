import type { Static, TSchema } from "typebox";
import { checkerOf } from "../lib/checker.ts";
import { ControlError } from "./control-error.ts";
import type { ControlParts, OnProgress, Operation } from "./operation.ts";
import { auditList } from "./audit.ts";
import { keyRevoke, keyRotate, keyShow, peerList, peerTrust } from "./federation.ts";
import {
  participantCreate,
  participantDeactivate,
  participantReactivate,
  roleGrant,
  roleRevoke,
} from "./participants.ts";
import {
  tenantCreate,
  tenantInviteAdmin,
  tenantKeys,
  tenantLimits,
  tenantList,
  tenantSuspend,
  tenantUnsuspend,
} from "./tenants.ts";
import { storeRestored } from "./restored.ts";
import { tokenCreate, tokenCreateMany } from "./tokens.ts";

/** Everything the operator can do on a data folder, whether or not a server runs on it. */
export const operations = {
  "tenant.create": tenantCreate,
  "tenant.list": tenantList,
  "tenant.suspend": tenantSuspend,
  "tenant.unsuspend": tenantUnsuspend,
  "tenant.limits": tenantLimits,
  "tenant.invite-admin": tenantInviteAdmin,
  "tenant.keys": tenantKeys,
  "participant.create": participantCreate,
  "participant.deactivate": participantDeactivate,
  "participant.reactivate": participantReactivate,
  "role.grant": roleGrant,
  "role.revoke": roleRevoke,
  "token.create": tokenCreate,
  "token.create-many": tokenCreateMany,
  "audit.list": auditList,
  "federation.key.show": keyShow,
  "federation.key.rotate": keyRotate,
  "federation.key.revoke": keyRevoke,
  "federation.peer.list": peerList,
  "federation.peer.trust": peerTrust,
  "store.restored": storeRestored,
} as const;

export type OperationName = keyof typeof operations;
export type InputOf<Name extends OperationName> = Static<(typeof operations)[Name]["input"]>;
export type OutputOf<Name extends OperationName> = Awaited<ReturnType<(typeof operations)[Name]["run"]>>;

/** Runs an operation by its name. `ControlError` for an unknown one, and for an input that it does not take. */
export async function runOperation(
  parts: ControlParts,
  name: string,
  input: unknown,
  onProgress: OnProgress,
): Promise<unknown> {
  if (!Object.hasOwn(operations, name)) {
    throw new ControlError("failed", `The server does not know ${name}: it runs another version of stairwell.`);
  }
  const found = operations[name as OperationName] as unknown as Operation<TSchema, unknown>;
  if (!checkerOf(found.input).test(input)) throw new ControlError("usage", `The input of ${name} is not valid.`);
  return found.run(parts, input, onProgress);
}
