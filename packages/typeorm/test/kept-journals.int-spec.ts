import { readFileSync } from 'node:fs';
import { fallback } from '@nest-saga/core';
import { describeEntry, scriptedSaga, ScriptedStep } from '@nest-saga/testing';
import type { ScriptedSaga } from '@nest-saga/testing';
import { EngineCluster } from './engine/engine-cluster.js';

type Row = Readonly<Record<string, string>>;

/** Rows of real sagas as an earlier release wrote them, every column as its text. */
interface KeptSagas {
  readonly sagas: Readonly<Record<string, { readonly execution: Row; readonly log: readonly Row[] }>>;
}

const kept = JSON.parse(
  readFileSync(new URL('kept/journals-of-migration-2.json', import.meta.url), 'utf8'),
) as KeptSagas;

/** The end of each of them: its status, and the calls on the way. */
const ends: readonly (readonly [string, string, readonly string[]])[] = [
  ['pending', 'completed', ['act reserve', 'act charge', 'act ship']],
  ['running', 'completed', ['act charge', 'act ship']],
  ['released', 'completed', ['act charge', 'act ship']],
  ['parked-retry', 'completed', ['act charge #2', 'act ship']],
  ['waiting-retry', 'completed', ['act charge #2', 'act ship']],
  ['compensating', 'failed', ['compensate reserve']],
  ['parked-undo', 'failed', ['compensate reserve #2']],
  ['stuck-halt', 'stuck', []],
  ['stuck-continue', 'stuck', []],
  ['completed', 'completed', []],
  ['failed', 'failed', []],
  ['cancelled', 'failed', ['compensate charge', 'compensate reserve']],
  ['alternative', 'completed', ['act invoice', 'act ship']],
  ['undo-first', 'completed', ['compensate charge', 'act invoice', 'act ship']],
  ['mismatch', 'stuck', []],
  ['resolved', 'failed', ['compensate charge #2']],
  ['retried', 'failed', ['compensate charge #2', 'compensate reserve']],
];

/** The saga under this name, with steps that work. */
function sagaOf(name: string): ScriptedSaga {
  const [reserve, charge, ship] = ['reserve', 'charge', 'ship'].map((id) => new ScriptedStep(id));
  if (reserve === undefined || charge === undefined || ship === undefined) throw new Error('no steps');
  const isFallback = name === 'alternative' || name === 'undo-first';
  return scriptedSaga(name, [
    reserve,
    isFallback ? fallback(charge, new ScriptedStep('invoice')) : charge,
    ship,
  ]);
}

describe('a journal that an earlier release wrote', () => {
  let cluster: EngineCluster;
  const sagas = new Map(ends.map(([name]) => [name, sagaOf(name)]));
  const idOf = (name: string) => kept.sagas[name]?.execution['id'] ?? '';

  beforeAll(async () => {
    cluster = await EngineCluster.create();
    await (await cluster.database.openStorage()).close();
    for (const { execution, log } of Object.values(kept.sagas)) {
      await insert('saga_execution', execution);
      for (const row of log) await insert('saga_log', row);
    }
    // No test waits an hour for the next attempt of a sample.
    await cluster.database.query(
      'UPDATE saga.saga_execution SET next_run_at = clock_timestamp() WHERE waiting IS NOT NULL',
    );
  });
  afterAll(() => cluster.close());

  /** Inserts a row whose columns are texts. The owners of that time are gone, so their leases are over. */
  async function insert(table: string, row: Row): Promise<void> {
    const columns = Object.keys(row);
    const values = columns.map((_, index) => `$${index + 1}`);
    await cluster.database.query(
      `INSERT INTO saga.${table} (${columns.join(', ')}) VALUES (${values.join(', ')})`,
      Object.values(row),
    );
    const { owner } = row;
    if (owner === undefined) return;
    await cluster.database.query(
      `INSERT INTO saga.saga_worker (id, started_at, expires_at) VALUES ($1, now(), now() - interval '1 minute')`,
      [owner],
    );
  }

  it('is there of every status, with the entries of attempts, owners and requests', () => {
    const all = Object.values(kept.sagas);
    expect(new Set(all.map(({ execution }) => execution['status']))).toEqual(
      new Set(['pending', 'running', 'compensating', 'completed', 'failed', 'stuck']),
    );
    expect(new Set(all.flatMap(({ log }) => log.map(({ kind }) => kind)))).toEqual(
      new Set([
        'act-completed',
        'act-failed',
        'compensation-completed',
        'compensation-failed',
        'claimed',
        'released',
        'cancel-requested',
        'retry-requested',
        'step-resolved',
        'stuck',
      ]),
    );
    expect(ends.map(([name]) => name).toSorted()).toEqual(Object.keys(kept.sagas).toSorted());
  });

  it('is read and continues at its position', async () => {
    const process = await cluster.startProcess([...sagas.values()]);
    const reached = await Promise.all(
      ends.map(async ([name]) => {
        const { status } = await process.outcome(idOf(name));
        return [name, status, sagas.get(name)?.calls];
      }),
    );
    expect(reached).toEqual(ends);
    await cluster.stop(process);
  });

  it('of a STUCK saga continues when a person requests it', async () => {
    const process = await cluster.startProcess([...sagas.values()]);
    for (const name of ['stuck-halt', 'stuck-continue', 'mismatch'])
      await process.engine.requests.retry(idOf(name), 'ann', 'after the upgrade');
    const statuses = await Promise.all(
      ['stuck-halt', 'stuck-continue', 'mismatch'].map(
        async (name) => (await process.outcome(idOf(name))).status,
      ),
    );
    expect(statuses).toEqual(['failed', 'failed', 'completed']);
    expect(sagas.get('stuck-halt')?.calls).toEqual(['compensate charge #2', 'compensate reserve']);
    expect(sagas.get('stuck-continue')?.calls).toEqual(['compensate charge #2']);
    expect(sagas.get('mismatch')?.calls).toEqual(['act charge', 'act ship']);
    await cluster.stop(process);
  });

  it('can be read in words, whatever came of it', async () => {
    const { entries } = await cluster.load(idOf('undo-first'));
    expect(entries.slice(0, 2).map(describeEntry)).toEqual([
      'act-completed reserve',
      'act-failed charge -> undo-first',
    ]);
  });
});
