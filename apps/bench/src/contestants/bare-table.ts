/** The smallest possible journal: a key and a context. */
export const createBareTable =
  'CREATE TABLE IF NOT EXISTS bare_journal (saga_id uuid, seq integer, context json, PRIMARY KEY (saga_id, seq))';
