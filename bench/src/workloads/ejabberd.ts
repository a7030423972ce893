/**
 * The best durable peer: ejabberd 23.01 with its message archive in SQLite, one core. Constants, since nobody should
 * need it installed to run the suite.
 */
export const EJABBERD = {
  sendsPerSecond: 529,
  joinsPerSecond: 25,
  newestPageMs: 11.5,
  note: "ejabberd's figures were measured on another day on the same kind of machine, with looser durability",
} as const;
