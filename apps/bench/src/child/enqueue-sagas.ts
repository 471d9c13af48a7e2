import { SagaOrchestrator } from '@nest-saga/nestjs';
import { openNestApplication } from '../contestants/nest-application.js';
import { contextMaker } from '../sample/sample-context.js';
import { countingStep } from '../sample/sample-saga.js';
import { usualShape } from '../sample/saga-shape.js';
import type { EnqueueTask } from './task.js';

/** Queues sagas from a process that runs none, and answers with the time until all were durable. */
export async function enqueueSagas(task: EnqueueTask): Promise<{ readonly seconds: number }> {
  const step = countingStep(usualShape);
  const app = await openNestApplication(task.databaseUrl, usualShape, step, { worker: false });
  const sagas = app.get(SagaOrchestrator);
  const makeContext = contextMaker(usualShape.contextBytes);
  const startedAt = performance.now();
  let left = task.sagas;
  const call = async (): Promise<void> => {
    while (left-- > 0) await sagas.enqueue(makeContext());
  };
  await Promise.all(Array.from({ length: task.atOnce }, call));
  const seconds = (performance.now() - startedAt) / 1_000;
  await app.close();
  return { seconds };
}
