/**
 * The condition that a header has one of the given names and versions, which are the array parameters `first` and
 * `first + 1`. `IS TRUE` keeps PostgreSQL from turning it into a join: it stays a filter over the index that provides
 * the order, however many rows are skipped.
 */
export function knownSaga(alias: string, first: number): string {
  return `((${alias}.saga_name, ${alias}.saga_version) IN (
        SELECT known.name, known.version FROM unnest($${first}::text[], $${first + 1}::integer[]) AS known (name, version)
      )) IS TRUE`;
}
