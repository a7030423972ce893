/** Who a request comes from: access tokens, development mode, and the one verifier for both. */
export { type Account, ADMIN_ROLE, type FindAccount, isAdmin } from "./account.ts";
export type { Actor, ParticipantType } from "./actor.ts";
export { ActorCache } from "./actor-cache.ts";
export { findTokenById, listTokens, revokeAll, type TokenOwner, type TokenRecord } from "./auth.store.ts";
export { tokenView, type TokenView } from "./auth.view.ts";
export { Authenticator } from "./authenticator.ts";
export type { Developer, SignInDeveloper } from "./development.ts";
export { cleanTokenName, expiryOf, mintToken } from "./mint-token.ts";
export { revokeToken } from "./revoke-token.ts";
export { grantedScopes } from "./scopes.ts";
