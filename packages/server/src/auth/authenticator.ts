import { StairwellError } from "@stairwell/protocol";
import type { Db } from "../db/index.ts";
import type { Clock } from "../lib/clock.ts";
import { sha256 } from "../lib/random.ts";
import { findTenant, type Tenant } from "../tenants/index.ts";
import { type Account, actorOf, type FindAccount } from "./account.ts";
import type { ActorCache, Proven } from "./actor-cache.ts";
import type { Actor } from "./actor.ts";
import { findToken } from "./auth.store.ts";
import { DEVELOPMENT_PREFIX, parseDeveloper, type SignInDeveloper } from "./development.ts";

/** The one verifier of credentials: for REST, streams, uploads and admin alike. */
export class Authenticator {
  readonly #db: Db;
  readonly #clock: Pick<Clock, "now">;
  readonly #actors: ActorCache;
  readonly #findAccount: FindAccount;
  readonly #signInDeveloper: SignInDeveloper | undefined;
  #latest = 0;

  constructor(parts: {
    db: Db;
    clock: Pick<Clock, "now">;
    actors: ActorCache;
    findAccount: FindAccount;
    /** Only in development mode: without it `dev-NAME` is an unknown token like any other. */
    signInDeveloper?: SignInDeveloper | undefined;
  }) {
    this.#db = parts.db;
    this.#clock = parts.clock;
    this.#actors = parts.actors;
    this.#findAccount = parts.findAccount;
    this.#signInDeveloper = parts.signInDeveloper;
  }

  /**
   * Who a credential (what follows `Bearer `) speaks for. Answers at once, without a promise, when it was used within
   * the last second, and then throws at once too. `SW_AUTH_EXPIRED_TOKEN` for a token past its time;
   * `SW_AUTH_INVALID_TOKEN` for anything unknown or revoked, a deactivated person or a suspended tenant.
   */
  authenticate(credential: string): Actor | Promise<Actor> {
    const isDeveloper = this.#signInDeveloper !== undefined && credential.startsWith(DEVELOPMENT_PREFIX);
    const key = isDeveloper ? credential : sha256(credential);
    const known = this.#actors.fresh(key);
    if (known !== undefined) return this.#unexpired(known);
    const prove = () => (isDeveloper ? this.#proveDeveloper(credential) : this.#proveToken(key));
    return this.#actors.read(key, prove).then((proven) => this.#unexpired(proven));
  }

  async #proveToken(hash: string): Promise<Proven> {
    const token = await findToken(this.#db, hash);
    if (token === undefined) throw new StairwellError("SW_AUTH_INVALID_TOKEN");
    const tenant = await findTenant(this.#db, token.tenantNo);
    const account = await this.#findAccount(this.#db, token.tenantNo, token.participantNo);
    const standing = inGoodStanding(tenant, account);
    return {
      actor: actorOf(standing.tenant, standing.account, token.scopes, token.tokenId, token.expiresAt ?? Infinity),
      expiresAt: token.expiresAt ?? Infinity,
    };
  }

  async #proveDeveloper(credential: string): Promise<Proven> {
    const developer = parseDeveloper(credential);
    const signedIn = developer && (await this.#signInDeveloper?.(developer));
    const { tenant, account } = inGoodStanding(signedIn?.tenant, signedIn?.account);
    return { actor: actorOf(tenant, account, ["read", "write", "admin"], null), expiresAt: Infinity };
  }

  #unexpired({ actor, expiresAt }: Proven): Actor {
    // A clock that is set back must not bring an expired token to life again.
    this.#latest = Math.max(this.#latest, this.#clock.now());
    if (expiresAt <= this.#latest) throw new StairwellError("SW_AUTH_EXPIRED_TOKEN");
    return actor;
  }
}

function inGoodStanding(
  tenant: Tenant | undefined,
  account: Account | undefined,
): { tenant: Tenant; account: Account } {
  if (tenant === undefined || account === undefined || tenant.suspendedAt !== null || account.deactivatedAt !== null) {
    throw new StairwellError("SW_AUTH_INVALID_TOKEN");
  }
  return { tenant, account };
}
