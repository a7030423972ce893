import { Type } from "typebox";
import { operation } from "./operation.ts";

/** Folds every log and compares it with what is kept beside it; finds faults, repairs nothing. */
export const verifyStore = operation({
  input: Type.Object({}),
  run: ({ db, verify }, _input, onProgress) => verify(db, onProgress),
});
