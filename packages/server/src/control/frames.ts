import type { FaultKind } from "./control-error.ts";
import type { Progress } from "./operation.ts";

/** One line of an answer over the control socket: any number of progress lines, then one of the others. */
export type Frame = { progress: Progress } | { data: unknown } | { error: { kind: FaultKind; message: string } };
