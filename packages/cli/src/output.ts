import pc from "picocolors";

/** Where a command writes: what was asked for to `data`, everything else to `messages`. */
export interface Streams {
  data: { write(text: string): unknown };
  messages: { write(text: string): unknown; isTTY?: boolean };
}

/** How a command speaks: data on stdout, messages on stderr. */
export class Output {
  readonly #streams: Streams;
  readonly #json: boolean;

  constructor(streams: Streams, json: boolean) {
    this.#streams = streams;
    this.#json = json;
  }

  /** What was asked for: `value` as JSON when JSON was asked for, else the lines for people. */
  data(value: unknown, lines: () => readonly string[]): void {
    const text = this.#json ? JSON.stringify(value, undefined, 2) : lines().map(plain).join("\n");
    if (text !== "") this.#streams.data.write(`${text}\n`);
  }

  message(text: string): void {
    this.#streams.messages.write(`${plain(text)}\n`);
  }

  error(text: string): void {
    this.#streams.messages.write(`${this.#isColored ? pc.red("error:") : "error:"} ${plain(text)}\n`);
  }

  /** Shows how far something has come, on a terminal only. */
  progress(text: string): void {
    if (this.isTerminal) this.#streams.messages.write(`\r\u001b[2K${plain(text)}`);
  }

  /** Takes the last progress away. */
  endProgress(): void {
    if (this.isTerminal) this.#streams.messages.write("\r\u001b[2K");
  }

  /** Whether messages go to a terminal, where progress can be shown. */
  get isTerminal(): boolean {
    return this.#streams.messages.isTTY === true;
  }

  get #isColored(): boolean {
    return pc.isColorSupported && this.isTerminal;
  }
}

/** Text that cannot steer a terminal: names come from anybody. */
export function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}

/** Text that cannot pretend to be another line of what is said. */
export function onOneLine(text: string): string {
  return text.replace(/[\t\n\v\r\u0085\u2028\u2029]/g, "\ufffd");
}

/** Rows as aligned columns under a heading. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines = [heading, ...rows.map((row) => row.map(onOneLine))];
  const widths = heading.map((_, i) => lines.reduce((most, row) => Math.max(most, row[i]!.length), 0));
  return lines.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join("  ")
      .trimEnd(),
  );
}

/** One thing as lines of name and value. */
export function fields(entries: Readonly<Record<string, string>>): string[] {
  const width = Math.max(...Object.keys(entries).map((name) => name.length));
  return Object.entries(entries).map(([name, value]) => `${name.padEnd(width)}  ${onOneLine(value)}`);
}
