import { openBareInserts } from './bare-inserts.js';
import type { Contestant, ContestantName, ContestantOptions, OpenContestant } from './contestant.js';
import { openDbos } from './dbos.js';
import { openEngineOnTypeOrm } from './engine-on-typeorm.js';
import { openGroupedInserts } from './grouped-inserts.js';
import { openInMemory } from './in-memory.js';
import { openNestSaga } from './nest-saga.js';

const openers: Readonly<Record<ContestantName, OpenContestant>> = {
  'nest-saga': openNestSaga,
  'nest-saga-engine': openEngineOnTypeOrm,
  'in-memory': openInMemory,
  dbos: openDbos,
  'bare-inserts': openBareInserts,
  'grouped-inserts': openGroupedInserts,
};

/** Opens the contestant with this name. */
export function openContestant(name: ContestantName, options: ContestantOptions): Promise<Contestant> {
  return openers[name](options);
}
