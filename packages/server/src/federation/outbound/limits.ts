/** What any call to another server may take (FD21). */
export const OUTBOUND_LIMITS = { deadlineMs: 30_000, mostBytes: 1024 * 1024 } as const;
