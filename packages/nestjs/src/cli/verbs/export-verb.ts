import { filtersOf } from './saga-filters.js';
import { filterOptions } from './verb-options.js';
import type { Verb } from './verb.js';

/** `nest-saga export`: sagas with their journals, one line of JSON each. */
export const exportVerb: Verb = {
  verb: 'export',
  summary: 'print sagas with their journals, one line of JSON each',
  usage: `Usage: nest-saga export [filters]

Prints each saga that the filters find with its journal, one line of JSON each, the oldest first. Contexts, responses and events are
JSON text as it is stored. The filters are those of "nest-saga list".`,
  words: [],
  options: [...filterOptions.filter((name) => name !== 'order'), 'url', 'schema'],
  worksOnDatabase: true,
  async run({ values }, { runtime, operator, sagas }, { out }) {
    const { storage } = await runtime.opened();
    let cursor: string | undefined;
    do {
      const filters = { ...filtersOf(values), order: 'oldest', limit: '100' };
      const page = await operator.list(cursor === undefined ? filters : { ...filters, cursor });
      cursor = page.nextCursor;
      for (const { sagaId } of page.sagas) {
        const loaded = await storage.load(sagaId);
        // It was purged since.
        if (loaded === undefined) continue;
        const entries = loaded.isCut === true ? await sagas.history(sagaId) : loaded.entries;
        out(JSON.stringify({ header: loaded.header, entries }));
      }
    } while (cursor !== undefined);
    return 0;
  },
};
