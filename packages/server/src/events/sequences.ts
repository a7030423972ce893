import { ByHold, type Tx } from "../db/index.ts";
import { endOf } from "./ends.store.ts";

/** Gives events their place among the commits of their tenant (ST1). One for a store. */
export class Sequences {
  /**
   * The newest one given in each tenant, while nobody else can give one. A command that is rolled back alone leaves a
   * gap, which nobody minds.
   */
  readonly #given = new ByHold<number>();

  async next(tx: Tx, tenantNo: number): Promise<number> {
    const { lastGiven } = await endOf(tx, tenantNo);
    const seq = (this.#given.get(tx, tenantNo) ?? lastGiven) + 1;
    this.#given.set(tx, tenantNo, seq);
    return seq;
  }
}
