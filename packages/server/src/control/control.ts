import type { OnProgress } from "./operation.ts";
import type { InputOf, OperationName, OutputOf } from "./operations.ts";

/** A data folder's operations, wherever they run. */
export interface Control {
  /** Runs an operation. `ControlError` when it is refused; any other error means that nobody knows how it ended. */
  run<Name extends OperationName>(name: Name, input: InputOf<Name>, onProgress?: OnProgress): Promise<OutputOf<Name>>;
  close(): Promise<void>;
}
