import { contextMaker } from '../sample/sample-context.js';
import { writesOf } from '../sample/saga-shape.js';
import { systemPorts } from '../sample/system-ports.js';
import { openBarePool } from './bare-pool.js';
import { createBareTable } from './bare-table.js';
import { poolSize } from './contestant.js';
import type { Contestant, ContestantOptions } from './contestant.js';

/**
 * One prepared single-row insert and one commit for each write of a saga, through `pg` alone: the minimum cost of a
 * saga for a program that does not group writes.
 */
export async function openBareInserts({
  databaseUrl,
  shape,
  atOnce,
}: ContestantOptions): Promise<Contestant> {
  const { pool, close } = openBarePool(databaseUrl, poolSize);
  await pool.query(createBareTable);
  const makeContext = contextMaker(shape.contextBytes);
  const writes = writesOf(shape);
  const insert = 'INSERT INTO bare_journal VALUES ($1, $2, $3)';
  return {
    callers: atOnce,
    sagasPerCall: 1,
    run: async () => {
      const id = systemPorts.ids.nextId();
      for (let seq = 0; seq < writes; seq++) {
        const context = JSON.stringify(makeContext());
        await pool.query({ name: 'insert', text: insert, values: [id, seq, context] });
      }
    },
    close,
  };
}
