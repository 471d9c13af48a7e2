import { SagaOrchestrator } from '@nest-saga/nestjs';
import { contextMaker } from '../sample/sample-context.js';
import { countingStep } from '../sample/sample-saga.js';
import type { Contestant, ContestantOptions } from './contestant.js';
import { openNestApplication } from './nest-application.js';

/** This project as its users have it: a Nest application, TypeORM, `start()` and `outcome()` of the orchestrator. */
export async function openNestSaga({ databaseUrl, shape, atOnce }: ContestantOptions): Promise<Contestant> {
  const app = await openNestApplication(databaseUrl, shape, countingStep(shape));
  const sagas = app.get(SagaOrchestrator);
  const makeContext = contextMaker(shape.contextBytes);
  const expected = shape.fails ? 'failed' : 'completed';
  return {
    callers: atOnce,
    sagasPerCall: 1,
    run: async () => {
      const handle = await sagas.start(makeContext());
      const { status } = await handle.outcome();
      if (status !== expected) throw new Error(`A saga is ${status} that had to be ${expected}.`);
    },
    close: () => app.close(),
  };
}
