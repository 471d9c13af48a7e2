import type { SagaListStrings } from '../../views/check-saga-list.js';
import type { VerbValues } from './verb-options.js';

/** The filters of a command line, as a URL would have them: `SagaOperator.list()` checks them. */
export function filtersOf(values: VerbValues): SagaListStrings {
  const filters = {
    status: values.status?.join(','),
    saga: values.saga,
    key: values.key,
    keyPrefix: values['key-prefix'],
    tags: values.tag,
    waiting: values.waiting,
    owner: values.owner,
    minimumAttempts: values['minimum-attempts'],
    minimumRecoveries: values['minimum-recoveries'],
    staleForMs: values['stale-for-ms'],
    from: values.from,
    to: values.to,
    order: values.order,
    cursor: values.cursor,
    limit: values.limit,
  };
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
}
