/** The operator's door: what the command line does on a data folder, through a running server or without one. */
export type { Control } from "./control.ts";
export { ControlError, type FaultKind } from "./control-error.ts";
export { type ControlServer, startControlServer } from "./control-server.ts";
export { openControl } from "./open-control.ts";
export type { ControlParts, OnProgress, Progress } from "./operation.ts";
export type { InputOf, OperationName, OutputOf } from "./operations.ts";
