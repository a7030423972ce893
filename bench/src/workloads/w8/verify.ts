import type { Stand } from "../../contenders/stand.ts";

/** Verifies a bundle by the command that anybody verifies one with; one line where it is not right. */
export async function verify({ contenders }: Stand, file: string): Promise<string[]> {
  try {
    await contenders.subject.command!(["bundle", "verify", file]);
    return [];
  } catch (error) {
    return [`a bundle does not verify: ${(error as Error).message.slice(0, 300)}`];
  }
}
