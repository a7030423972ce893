import { StairwellError } from "@stairwell/protocol";

/** Why an operation did not work, as a command's exit code tells it. */
export type FaultKind = "failed" | "usage" | "not_found" | "conflict";

/** A refusal of a control operation, the same whether it ran here or in a running server. */
export class ControlError extends Error {
  override readonly name = "ControlError";
  readonly kind: FaultKind;

  constructor(kind: FaultKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Any error as a refusal; undefined for what nobody meant to happen. */
export function controlErrorOf(error: unknown): ControlError | undefined {
  if (error instanceof ControlError) return error;
  if (!(error instanceof StairwellError)) return undefined;
  return new ControlError(kindOf(error.status), [error.message, ...faultsOf(error)].join(" "));
}

function kindOf(status: number): FaultKind {
  if (status === 400) return "usage";
  if (status === 404) return "not_found";
  return status === 409 ? "conflict" : "failed";
}

function faultsOf({ info }: StairwellError): string[] {
  const { details } = info;
  return Array.isArray(details) ? details.map(({ path, reason }) => `${path.slice(1)} ${reason}.`) : [];
}
