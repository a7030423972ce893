/** How far which part of a move has come. */
export interface MoveStep {
  readonly what: "rows" | "files" | "rows compared";
  readonly done: number;
  readonly total: number;
}
