/**
 * The best durable peer: ejabberd 23.01 with its message archive in SQLite, one core. Constants, since nobody should
 * need it installed to run the suite.
 */
export const EJABBERD = {
  sendsPerSecond: 529,
  joinsPerSecond: 25,
  newestPageMs: 11.5,
  /** Deliveries a second by members, closed loop. */
  fanOut: { 100: 12_800, 1000: 21_200 },
  /** Deliveries to 1,000 members, 3 sends a second. */
  pacedFanOutP99Ms: 82,
  /** 200 rooms of 10 members: sends a second, closed loop; p99 of deliveries at 100 sends a second. */
  rooms: { sendsPerSecond: 396, pacedP99Ms: 8.6 },
  idleStreamKB: 42,
  note: "ejabberd's figures were measured on another day on the same kind of machine, with looser durability",
} as const;
