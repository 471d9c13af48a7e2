import { setTimeout as sleep } from 'node:timers/promises';
import { SagaOrchestrator } from '@nest-saga/nestjs';
import {
  answered,
  openWaitingApplication,
  resumedStep,
  wallClock,
  WaitingContext,
} from '../sample/waiting-application.js';
import { untilAllCompleted } from '../scenarios/until-all-completed.js';
import { queryOnce } from '../server/bench-server.js';
import type { SignalTask } from './task.js';

const pauseMs = 50;
const lookEveryMs = 100;
const deadlineMs = 120_000;

/**
 * Starts sagas, sends a signal to each when all of them are parked, and answers with the time from the call of `signal()` until the
 * next step began, for each saga. The signals are so far apart that they do not share anything.
 */
export async function signalSagas(task: SignalTask): Promise<readonly number[]> {
  const { databaseUrl, sagas: count } = task;
  const app = await openWaitingApplication(databaseUrl, task);
  const sagas = app.get(SagaOrchestrator);
  const ids = await Promise.all(
    Array.from({ length: count }, async () => (await sagas.start(new WaitingContext())).sagaId),
  );
  await untilAllParked(databaseUrl, count);
  const sentAt = new Map<string, number>();
  const sent = ids.map(async (sagaId, index) => {
    await sleep(index * pauseMs);
    sentAt.set(sagaId, wallClock());
    await sagas.signal(sagaId, answered);
  });
  await Promise.all(sent);
  await untilAllCompleted(databaseUrl, deadlineMs, count);
  const resumed = await queryOnce<{ readonly saga_id: string; readonly at: number }>(
    databaseUrl,
    `SELECT saga_id, (response->>'at')::float AS at FROM saga.saga_log WHERE kind = 'act-completed' AND step = $1`,
    [resumedStep],
  );
  await app.close();
  return resumed.map(({ saga_id: sagaId, at }) => at - (sentAt.get(sagaId) ?? 0));
}

async function untilAllParked(databaseUrl: string, count: number): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const [parked] = await queryOnce<{ readonly count: number }>(
      databaseUrl,
      `SELECT count(*)::integer AS count FROM saga.saga_execution WHERE owner IS NULL AND waiting = 'signal:answer'`,
    );
    if (parked?.count === count) return;
    if (performance.now() > deadline) throw new Error('Not all sagas were parked in time.');
    await sleep(lookEveryMs);
  }
}
