import { StairwellError } from "@stairwell/protocol";
import type { Scope } from "@stairwell/protocol/api";
import { type Account, isAdmin } from "./account.ts";

/** The order in which scopes are kept and shown. */
const SCOPES: readonly Scope[] = ["read", "write", "admin"];

/**
 * The scopes a new token gets: those asked for, or `read` and `write` as far as the minting credential has them.
 * `SW_AUTH_INSUFFICIENT_PERMISSION` when the credential, or the role of the person, does not cover them (AU2).
 */
export function grantedScopes(
  asked: readonly Scope[] | undefined,
  minter: ReadonlySet<Scope>,
  holder: Pick<Account, "participantType" | "roles">,
): Scope[] {
  const wanted = new Set<Scope>(asked ?? SCOPES.filter((scope) => scope !== "admin" && minter.has(scope)));
  for (const scope of wanted) {
    if (!minter.has(scope)) throw insufficient("A token cannot do more than the credential that mints it.");
  }
  if (wanted.has("admin") && !isAdmin(holder)) throw insufficient("The scope admin needs the role admin.");
  return SCOPES.filter((scope) => wanted.has(scope));
}

function insufficient(message: string): StairwellError {
  return new StairwellError("SW_AUTH_INSUFFICIENT_PERMISSION", { message, rule: "AU2" });
}
