import { UsageError } from '../usage-error.js';
import { required } from './verb-options.js';
import type { Verb } from './verb.js';

/** `nest-saga purge`: deletes sagas that ended. */
export const purgeVerb: Verb = {
  verb: 'purge',
  summary: 'delete sagas that ended long ago, with their journals',
  usage: `Usage: nest-saga purge --ended-before <moment> --yes [--status completed|failed] [--limit <n>]
       nest-saga purge --ended-before <moment> --dry-run

Deletes sagas that ended, with their journals, the oldest first. Open and stuck sagas stay.

  --ended-before <moment>  ISO 8601 with its zone, for example 2026-01-31T00:00:00Z
  --status <status>        completed, failed, or both (default)
  --limit <n>              the most sagas to delete (default: all)
  --dry-run                delete nothing: only count
  --yes                    without it nothing is deleted`,
  words: [],
  options: ['ended-before', 'status', 'limit', 'dry-run', 'yes', 'url', 'schema'],
  worksOnDatabase: true,
  check({ values }) {
    required(values, 'ended-before', purgeVerb);
    if (values.yes !== true && values['dry-run'] !== true)
      throw new UsageError('Nothing was deleted: pass --yes, or --dry-run to count only.', purgeVerb.usage);
    if (values.limit !== undefined && !/^[1-9]\d{0,14}$/.test(values.limit))
      throw new UsageError(`--limit "${values.limit}" is not a positive whole number.`, purgeVerb.usage);
  },
  async run({ values }, { operator }, { out }) {
    const dryRun = values['dry-run'] === true;
    const { purged } = await operator.purge({
      endedBefore: required(values, 'ended-before', purgeVerb),
      dryRun,
      ...(values.status === undefined ? {} : { status: values.status as readonly 'completed'[] }),
      ...(values.limit === undefined ? {} : { limit: Number(values.limit) }),
    });
    if (values.json === true) out(JSON.stringify({ purged, dryRun }));
    else out(dryRun ? `${purged} sagas would be deleted.` : `${purged} sagas are deleted.`);
    return 0;
  },
};
