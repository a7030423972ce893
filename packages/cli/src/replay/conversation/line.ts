/** One line of a conversation file, checked. */
export type Line = Spoken | Passage | Renaming;

interface Common {
  /** Its place in the file, from 1. */
  readonly number: number;
  readonly id: string;
  /** Minutes since 1970 of its day and time; undefined where the line has no time. */
  readonly minute: number | undefined;
  readonly nick: string;
}

export interface Spoken extends Common {
  readonly type: "message" | "action";
  readonly text: string;
  /** The id of an earlier line. */
  readonly replyTo: string | undefined;
}

export interface Passage extends Common {
  readonly type: "join" | "leave";
  /** The reason of a leave. */
  readonly text: string | undefined;
}

export interface Renaming extends Common {
  readonly type: "nick";
  /** The new nick. */
  readonly text: string;
}

/** What is wrong with a line. */
export interface LineFault {
  readonly number: number;
  readonly problem: string;
}
