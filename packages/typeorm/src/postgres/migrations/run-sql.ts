/** Runs one statement in the session, or the transaction, of a migration. */
export type RunSql = (
  text: string,
  values?: readonly unknown[],
) => Promise<readonly Readonly<Record<string, unknown>>[]>;
