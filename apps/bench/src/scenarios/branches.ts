import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineSaga } from '@nest-saga/core';
import type { DeclaredStage, DeclaredStep } from '@nest-saga/core';
import { forEach, parallel, SagaEngine, SagaRegistry } from '@nest-saga/core/engine';
import { TypeOrmSagaStorage } from '@nest-saga/typeorm';
import { DataSource } from 'typeorm';
import { systemPorts } from '../sample/system-ports.js';
import type { BenchServer } from '../server/bench-server.js';

const stepMs = 20;
const items = 100;
const concurrency = 10;

/** How long sagas take whose steps wait 20 ms, one saga at a time. */
export interface BranchesResult {
  readonly stepMs: number;
  readonly items: number;
  readonly concurrency: number;
  /** With one such step, in milliseconds. */
  readonly oneMs: readonly number[];
  /** With three of them side by side. */
  readonly threeMs: readonly number[];
  /** With a step for each item, several at a time. */
  readonly itemsMs: readonly number[];
}

/** Measures stages whose steps run side by side on PostgreSQL, in turn, so that no other work has a part in it. */
export async function runBranches(
  { sagas }: { readonly sagas: number },
  server: BenchServer,
): Promise<BranchesResult> {
  return await server.onNewDatabase(async (url) => {
    const dataSource = new DataSource({ type: 'postgres', url });
    const storage = new TypeOrmSagaStorage({ dataSource });
    const registry = new SagaRegistry(
      Object.entries(shapes).map(([name, steps]) => defineSaga({ name, steps })),
    );
    const engine = new SagaEngine({ storage, registry, ...systemPorts });
    await engine.open();
    const timesOf = async (saga: string): Promise<readonly number[]> => {
      const times: number[] = [];
      for (let count = 0; count < sagas; count++) {
        const startedAt = performance.now();
        const { end } = await engine.starter.start({}, { saga });
        const ended = await end;
        if (ended?.kind !== 'ended' || ended.state.status !== 'completed')
          throw new Error(`A saga of "${saga}" has not completed.`);
        times.push(performance.now() - startedAt);
      }
      return times.slice(Math.ceil(sagas / 5));
    };
    const [oneMs, threeMs, itemsMs] = [await timesOf('one'), await timesOf('three'), await timesOf('items')];
    await engine.close();
    return { stepMs, items, concurrency, oneMs, threeMs, itemsMs };
  });
}

const shapes: Readonly<Record<string, readonly DeclaredStage[]>> = {
  one: [waiting('a')],
  three: [parallel('three', [waiting('a'), waiting('b'), waiting('c')])],
  items: [
    forEach('items', () => Array.from({ length: items }, (_, index) => index), waiting('item'), {
      key: String,
      concurrency,
    }),
  ],
};

function waiting(id: string): DeclaredStep {
  return { id, handler: () => ({ act: () => sleep(stepMs), compensate: () => undefined }) };
}
