import { escapeControls } from '@nest-saga/core/engine';
import type { SagaExecution } from '../../views/saga-execution.js';
import { printTable } from './print-table.js';
import { filtersOf } from './saga-filters.js';
import { filterOptions } from './verb-options.js';
import type { Verb } from './verb.js';

/** `nest-saga list`: one page of sagas. */
export const listVerb: Verb = {
  verb: 'list',
  summary: 'list sagas, for example those that are stuck',
  usage: `Usage: nest-saga list [filters] [--limit <n>] [--cursor <cursor>]

Lists sagas, the newest first, a page at a time. All filters apply together.

Filters:
  --status <status>           may be repeated
  --saga <name>  --key <key>  --key-prefix <text>  --tag <tag> (may be repeated)
  --waiting <kind[:name]>     those that wait without an owner, for example signal:delivery
  --owner <worker>
  --minimum-attempts <n>  --minimum-recoveries <n>  --stale-for-ms <ms>
  --from <moment>  --to <moment>  --order newest|oldest`,
  words: [],
  options: [...filterOptions, 'limit', 'cursor', 'url', 'schema'],
  worksOnDatabase: true,
  async run({ values }, { operator }, { out, error }) {
    const { sagas, nextCursor } = await operator.list(filtersOf(values));
    if (values.json === true) {
      out(JSON.stringify({ sagas, nextCursor }));
      return 0;
    }
    out(printTable(['id', 'saga', 'status', 'step', 'waiting', 'since'], sagas.map(rowOf)));
    if (nextCursor !== undefined) error(`There are more: --cursor ${nextCursor}`);
    return 0;
  },
};

function rowOf({ sagaId, saga, version, status, step, waiting, since }: SagaExecution): readonly string[] {
  const wait = waiting === undefined ? '' : `${waiting.for}:${waiting.stage}`;
  return [sagaId, `${saga} v${version}`, status, step ?? '', wait, since.toISOString()].map(escapeControls);
}
