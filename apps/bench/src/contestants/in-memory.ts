import { InMemorySagaStorage } from '@nest-saga/core';
import { SagaEngine } from '@nest-saga/core/engine';
import { sampleRegistry } from '../sample/sample-saga.js';
import { systemPorts } from '../sample/system-ports.js';
import type { Contestant, ContestantOptions } from './contestant.js';
import { engineRun } from './engine-run.js';

/** The engine with a storage in memory that drops finished sagas: the cost of the engine itself, without any I/O. */
export async function openInMemory({ shape, atOnce }: ContestantOptions): Promise<Contestant> {
  const storage = new InMemorySagaStorage(systemPorts.clock, { keepFinished: false });
  const engine = new SagaEngine({ storage, registry: sampleRegistry(shape), ...systemPorts });
  await engine.open();
  return {
    callers: atOnce,
    sagasPerCall: 1,
    run: engineRun(engine, shape),
    close: () => engine.close(),
  };
}
