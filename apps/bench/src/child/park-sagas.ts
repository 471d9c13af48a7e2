import type { SagaStepHandler, StepRun } from '@nest-saga/core';
import { jsonContextCodec } from '@nest-saga/core';
import { SagaOrchestrator } from '@nest-saga/nestjs';
import { openNestApplication } from '../contestants/nest-application.js';
import { SampleContext, contextMaker } from '../sample/sample-context.js';
import { usualShape } from '../sample/saga-shape.js';
import { collectGarbage } from './collect-garbage.js';
import type { ParkTask, ParkedMemory } from './task.js';
import { untilTold } from './until-told.js';

const warmUpSagas = 2_000;
const startedAtOnce = 500;

/**
 * Starts sagas whose second step waits for ever, answers what they hold in memory once all of them wait, and stays
 * until it is told to end or is killed.
 */
export async function parkSagas(
  task: ParkTask,
  answer: (memory: ParkedMemory) => Promise<void>,
): Promise<void> {
  const parking = new ParkingStep();
  const shape = { ...usualShape, contextBytes: task.contextBytes };
  const concurrency = task.sagas + warmUpSagas;
  const app = await openNestApplication(task.databaseUrl, shape, parking, { concurrency, lease: task.lease });
  const sagas = app.get(SagaOrchestrator);
  const makeContext = contextMaker(task.contextBytes);

  await eachOf(warmUpSagas, async () => void (await (await sagas.start(makeContext())).outcome()));
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  parking.isClosed = true;
  await eachOf(task.sagas, async () => void (await sagas.start(makeContext())));
  await parking.untilParked(task.sagas);
  collectGarbage();
  const heapBytesPerSaga = (process.memoryUsage().heapUsed - before) / task.sagas;
  await answer({
    sagas: task.sagas,
    heapBytesPerSaga,
    contextBytesPerSaga: contextBytes(task.sagas, makeContext),
  });
  await untilTold();
  // Its steps never end: there is nothing to wait for, and its sagas are left as those of a process that died.
}

const done = Promise.resolve({ ok: true });

/** Counts the sagas that wait in its second step; while it is open, nobody waits. */
class ParkingStep implements SagaStepHandler<SampleContext> {
  isClosed = false;
  private readonly gate = new Promise<never>(() => undefined);
  private parked = 0;
  private expected = Number.POSITIVE_INFINITY;
  private onParked: (() => void) | undefined;

  /** Not an async function, whose frame would count as the engine's. */
  act(context: SampleContext, run: StepRun): Promise<unknown> {
    context.done += 1;
    if (!this.isClosed || run.step !== 'step-2') return done;
    this.parked += 1;
    if (this.parked >= this.expected) this.onParked?.();
    return this.gate;
  }

  async compensate(): Promise<void> {}

  async untilParked(sagas: number): Promise<void> {
    if (this.parked >= sagas) return;
    this.expected = sagas;
    await new Promise<void>((resolve) => {
      this.onParked = resolve;
    });
  }
}

/** What a context holds in memory as an object and as text, each made the way that the engine makes it. */
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
