import type { Statement } from '../database/statement.js';
import type { Tables } from '../database/tables.js';
import { openStatuses } from './status-lists.js';

/** Of the other waits, nobody knows how long they are to take. */
const isAgeing = "waiting IS NULL OR waiting LIKE 'retry:%'";

/**
 * Counts what is open or stuck, by status, name and version, with how many wait without an owner, and
 * the age of the oldest. Both halves read a partial
 * index, so finished sagas cost nothing however many they are.
 */
export function summarizeStatement({ execution }: Tables): Statement {
  const part = (condition: string): string =>
    `SELECT status, saga_name, saga_version, count(*) AS count,
  count(waiting) AS waiting,
  (extract(epoch FROM clock_timestamp() - min(created_at) FILTER (WHERE ${isAgeing})) * 1000)::bigint AS age_ms
FROM ${execution} WHERE ${condition}
GROUP BY status, saga_name, saga_version`;
  return {
    name: 'summarize',
    text: `${part(`status IN (${openStatuses})`)}\nUNION ALL\n${part(`status = 'stuck'`)}`,
  };
}
