import { Authenticator } from "./auth/index.ts";
import type { Ground } from "./ground.ts";
import { callerBehind, type CallerOf, FailedSignIns, SendRates } from "./http/index.ts";
import { developerSignIn, findByNo } from "./participants/index.ts";
import type { ServerOptions } from "./server-options.ts";
import { makePersonalWorkspace } from "./workspaces/index.ts";

/** Who may come in, and how often: the same for calls and for streams. */
export interface Entry {
  authenticate: Authenticator["authenticate"];
  rates: SendRates;
  failedSignIns: FailedSignIns;
  callerOf: CallerOf;
}

/** Builds what asks everybody who they are. */
export function buildEntry(options: ServerOptions, { db, bus, node, clock, actors }: Ground): Entry {
  const others = { bus, countNodes: () => node.countNodes() };
  const changed = (tenantNo: number, participantNo: number) => actors.forgetParticipant(tenantNo, participantNo);
  const signInDeveloper = options.dev ? developerSignIn(db, makePersonalWorkspace, changed) : undefined;
  const authenticator = new Authenticator({ db, clock, actors, findAccount: findByNo, signInDeveloper });
  return {
    authenticate: authenticator.authenticate.bind(authenticator),
    rates: new SendRates(clock, others),
    failedSignIns: new FailedSignIns(options.failedSignInsPerMinute ?? 300, clock, others),
    callerOf: callerBehind(options.trustedProxies),
  };
}
