import 'reflect-metadata';
import { SagaEngine } from '@nest-saga/core/engine';
import { TypeOrmSagaStorage } from '@nest-saga/typeorm';
import { DataSource } from 'typeorm';
import { sampleRegistry } from '../sample/sample-saga.js';
import { systemPorts } from '../sample/system-ports.js';
import { poolSize } from './contestant.js';
import type { Contestant, ContestantOptions } from './contestant.js';
import { engineRun } from './engine-run.js';

/** The engine on the same storage without Nest: the difference is the cost of the module. */
export async function openEngineOnTypeOrm(options: ContestantOptions): Promise<Contestant> {
  const { databaseUrl, shape, atOnce } = options;
  const dataSource = new DataSource({ type: 'postgres', url: databaseUrl, poolSize });
  const storage = new TypeOrmSagaStorage({ dataSource });
  const engine = new SagaEngine({ storage, registry: sampleRegistry(shape), ...systemPorts });
  await engine.open();
  return {
    callers: atOnce,
    sagasPerCall: 1,
    run: engineRun(engine, shape),
    close: () => engine.close(),
  };
}
