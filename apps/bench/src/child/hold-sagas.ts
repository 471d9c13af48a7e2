import type { SagaStepHandler, StepRun } from '@nest-saga/core';
import { jsonContextCodec } from '@nest-saga/core';
import { SagaOrchestrator } from '@nest-saga/nestjs';
import { openNestApplication } from '../contestants/nest-application.js';
import { SampleContext, contextMaker } from '../sample/sample-context.js';
import { usualShape } from '../sample/saga-shape.js';
import { collectGarbage } from './collect-garbage.js';
import type { HoldTask, InFlightMemory } from './task.js';
import { untilInputEnds } from './until-input-ends.js';

const warmUpSagas = 2_000;
const startedAtOnce = 500;

/**
 * Starts sagas whose second step waits forever, answers with their memory when all of them wait, and stays until its
 * parent ends or kills it.
 */
export async function holdSagas(
  task: HoldTask,
  answer: (memory: InFlightMemory) => Promise<void>,
): Promise<void> {
  const waitingStep = new WaitingStep();
  const shape = { ...usualShape, contextBytes: task.contextBytes };
  const concurrency = task.sagas + warmUpSagas;
  const app = await openNestApplication(task.databaseUrl, shape, waitingStep, {
    concurrency,
    lease: task.lease,
  });
  const sagas = app.get(SagaOrchestrator);
  const makeContext = contextMaker(task.contextBytes);

  await eachOf(warmUpSagas, async () => void (await (await sagas.start(makeContext())).outcome()));
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  waitingStep.isClosed = true;
  await eachOf(task.sagas, async () => void (await sagas.start(makeContext())));
  await waitingStep.untilWaiting(task.sagas);
  collectGarbage();
  const heapBytesPerSaga = (process.memoryUsage().heapUsed - before) / task.sagas;
  await answer({
    sagas: task.sagas,
    heapBytesPerSaga,
    contextBytesPerSaga: contextBytes(task.sagas, makeContext),
  });
  await untilInputEnds();
  // Its steps never end: the process does not wait for them, and leaves its sagas like a process that died.
}

const done = Promise.resolve({ ok: true });

/** Counts the sagas that wait in its second step; while the gate is open, no saga waits. */
class WaitingStep implements SagaStepHandler<SampleContext> {
  isClosed = false;
  private readonly gate = new Promise<never>(() => undefined);
  private waiting = 0;
  private expected = Number.POSITIVE_INFINITY;
  private onWaiting: (() => void) | undefined;

  /** Not an async function, whose frame would count as memory of the engine. */
  act(context: SampleContext, run: StepRun): Promise<unknown> {
    context.done += 1;
    if (!this.isClosed || run.step !== 'step-2') return done;
    this.waiting += 1;
    if (this.waiting >= this.expected) this.onWaiting?.();
    return this.gate;
  }

  async compensate(): Promise<void> {}

  async untilWaiting(sagas: number): Promise<void> {
    if (this.waiting >= sagas) return;
    this.expected = sagas;
    await new Promise<void>((resolve) => {
      this.onWaiting = resolve;
    });
  }
}

/** The memory of a context as an object and as text, each made in the same way as by the engine. */
function contextBytes(count: number, makeContext: () => SampleContext): number {
  const kept: unknown[] = Array.from({ length: count });
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < count; index++) {
    const text = jsonContextCodec.encode(makeContext(), 'context');
    kept[index] = [text, jsonContextCodec.decode(text)];
  }
  collectGarbage();
  const bytes = (process.memoryUsage().heapUsed - before) / kept.length;
  return bytes;
}

async function eachOf(count: number, run: () => Promise<void>): Promise<void> {
  let left = count;
  const call = async (): Promise<void> => {
    while (left-- > 0) await run();
  };
  await Promise.all(Array.from({ length: startedAtOnce }, call));
}
