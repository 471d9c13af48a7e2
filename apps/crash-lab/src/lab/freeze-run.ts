import { randomUUID } from 'node:crypto';
import { isOpen } from '@nest-saga/core';
import type { LoadedSaga } from '@nest-saga/core';
import type { Acknowledgement } from '@nest-saga/testing';
import type { SagaPlan } from '../simulation/run-plan.js';
import type { KillPlan } from './kill-switch.js';
import type { LabChild } from './lab-child.js';
import type { Laboratory } from './laboratory.js';
import { until, within } from './wait.js';

/** The result of one run, in addition to the content of the databases. */
export interface FreezeRun {
  readonly sagaId: string;
  readonly acknowledgements: readonly Acknowledgement[];
  /** The saga as it was read until its end. */
  readonly snapshots: readonly LoadedSaga[];
}

const deadlineMs = 60_000;
const engine = 'sleeper';

/**
 * Runs one saga in a process that stands still at one place and wakes up after another process has claimed the saga:
 * its lease has expired, and it continues with the call that was next.
 */
export async function runWithFreeze(
  laboratory: Laboratory,
  rescuers: readonly LabChild[],
  plan: SagaPlan,
  freeze: KillPlan,
): Promise<FreezeRun> {
  const sagaId = randomUUID();
  const saga = `saga-${sagaId}`;
  const name = `sleeper of ${sagaId}`;
  const settings = { sagas: [{ name: saga, plan }], worker: true };
  const sleeper = laboratory.start({ name, freeze });
  await sleeper.ready;
  await sleeper.ask('open', engine, settings);
  const isStanding = standing(sleeper);
  // The answer may come only after it has woken up.
  const started = sleeper.ask('start', engine, { saga, sagaId, isQueued: false });
  started.catch(() => undefined);
  await within(deadlineMs, isStanding, `a process that stands still ${freeze.place}`);

  const rescue = `rescue of ${sagaId}`;
  await Promise.all(rescuers.map((rescuer) => rescuer.ask('open', rescue, settings)));
  await until(deadlineMs, 'another owner', () => laboratory.haveChangedHands([sagaId], name));
  sleeper.signal('SIGCONT');
  await started;

  const snapshots: LoadedSaga[] = [];
  await until(deadlineMs, 'an end', async () => {
    const found = await laboratory.read(sagaId);
    if (found !== undefined) snapshots.push(found);
    // A process that wakes up late can do harm as long as one of its calls is under way.
    return found !== undefined && !isOpen(found.header.status) && (await sleeper.ask('underway')) === 0;
  });
  await sleeper.kill();
  await Promise.all(rescuers.map((rescuer) => rescuer.ask('close', rescue)));
  return { sagaId, acknowledgements: [{ kind: 'start', sagaId }], snapshots };
}

function standing(child: LabChild): Promise<void> {
  return new Promise((resolve) => {
    child.listen(({ kind }) => {
      if (kind === 'stands-still') resolve();
    });
  });
}
