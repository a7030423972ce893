import type { Line } from "./line.ts";

/** What a script may expect. */
export const EXPECTATIONS: readonly Line[] = [
  [
    /^([a-z/, ]+?) receives (?!nothing)(.+)$/,
    async (cast, names, wanted) => {
      for (const name of names!.split(/,\s*/)) {
        const heard = await cast.hear(name);
        if (heard === wanted) continue;
        throw new Error(heard === undefined ? `${name} received nothing more` : `${name} received ${heard} instead`);
      }
    },
  ],
  [
    /^([a-z/, ]+?) receives nothing$/,
    async (cast, names) => {
      for (const name of names!.split(/,\s*/)) {
        const heard = await cast.hear(name);
        if (heard !== undefined) throw new Error(`${name} received ${heard}`);
      }
    },
  ],
  [
    /^[a-z/]+ is refused (SW_\w+)$/,
    async (cast, code) => {
      const refusal = cast.takeRefusal();
      if (refusal !== code) throw new Error(refusal === undefined ? "it was not refused" : `it was refused ${refusal}`);
    },
  ],
  [
    /^([a-z/]+) is closed with (\d{4})$/,
    async (cast, name, code) => {
      const { code: actual } = await cast.stream(name!).closed();
      if (actual !== Number(code)) throw new Error(`it was closed with ${actual}`);
    },
  ],
];
