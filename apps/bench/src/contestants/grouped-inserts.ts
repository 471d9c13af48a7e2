import type pg from 'pg';
import { contextMaker } from '../sample/sample-context.js';
import { writesOf } from '../sample/saga-shape.js';
import type { SagaShape } from '../sample/saga-shape.js';
import { systemPorts } from '../sample/system-ports.js';
import { openBarePool } from './bare-pool.js';
import { createBareTable } from './bare-table.js';
import type { Contestant, ContestantOptions } from './contestant.js';

/** The number of statements that are in flight at the same time, if there are enough sagas for two. */
const connections = 2;

const insert = 'INSERT INTO bare_journal SELECT * FROM unnest($1::uuid[], $2::integer[], $3::json[])';

/**
 * The floor: all sagas in flight write together, one grouped insert for each of their writes, through `pg` alone. It
 * decides, checks, claims and fences nothing, and has no header.
 */
export async function openGroupedInserts(options: ContestantOptions): Promise<Contestant> {
  const { databaseUrl, shape, atOnce } = options;
  const callers = Math.min(connections, atOnce);
  const { pool, close } = openBarePool(databaseUrl, callers);
  await pool.query(createBareTable);
  const makeContext = contextMaker(shape.contextBytes);
  const sagasPerCall = Math.ceil(atOnce / callers);
  return {
    callers,
    sagasPerCall,
    run: () => runGroup(pool, shape, sagasPerCall, makeContext),
    close,
  };
}

async function runGroup(
  pool: pg.Pool,
  shape: SagaShape,
  sagas: number,
  makeContext: () => object,
): Promise<void> {
  const ids = Array.from({ length: sagas }, () => systemPorts.ids.nextId());
  for (let seq = 0; seq < writesOf(shape); seq++) {
    const seqs = ids.map(() => seq);
    const contexts = ids.map(() => JSON.stringify(makeContext()));
    await pool.query({ name: 'insert', text: insert, values: [ids, seqs, contexts] });
  }
}
