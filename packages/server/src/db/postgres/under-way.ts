/** Statements of this process that PostgreSQL has not answered yet. */
export const statements = { underWay: 0 };
