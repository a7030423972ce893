import type { TestContext } from "node:test";
import { type Actor, ActorCache, Authenticator } from "../../src/auth/index.ts";
import type { Endpoint } from "../../src/http/endpoint.ts";
import { developerSignIn, findByNo } from "../../src/participants/index.ts";
import { tokenRoutes } from "../../src/tokens/index.ts";
import { makePersonalWorkspace } from "../../src/workspaces/index.ts";
import { openStore } from "../support/store.ts";

/** Authentication over an empty store, in development mode too when asked for. */
export async function openIdentity(t: TestContext, { development = false } = {}) {
  const store = await openStore(t);
  const { db, clock } = store;
  /** A verifier with a memory of its own, as every node has one. */
  const newAuthenticator = (actors: ActorCache): Authenticator => {
    const forget = (tenantNo: number, participantNo: number) => actors.forgetParticipant(tenantNo, participantNo);
    const signInDeveloper = development ? developerSignIn(db, makePersonalWorkspace, forget) : undefined;
    return new Authenticator({ db, clock, actors, findAccount: findByNo, signInDeveloper });
  };
  const actors = new ActorCache(clock);
  const authenticator = newAuthenticator(actors);
  const endpoints: Endpoint[] = tokenRoutes({ db, actors, findAccount: findByNo, development });
  /** Who a credential speaks for, whether or not that is known at once. */
  const authenticate = async (credential: string): Promise<Actor> => authenticator.authenticate(credential);
  return { ...store, actors, authenticator, newAuthenticator, authenticate, endpoints };
}
