import { randomUUID } from 'node:crypto';
import type { Acknowledgement, WatcherRecord } from '@nest-saga/testing';
import type { KillPlan } from './kill-switch.js';
import { LabAnswerError, ProcessDiedError } from './lab-child.js';
import type { LabChild } from './lab-child.js';
import type { Laboratory } from './laboratory.js';
import type { NamedPlan } from './lab-messages.js';
import type { Scenario } from './scenarios.js';
import { pause, within } from './wait.js';
import { WatchingClient } from './watching-client.js';

/** What one run left behind, beside what is in the databases. */
export interface KillRun {
  readonly scenario: Scenario;
  readonly sagaId: string;
  readonly kill: KillPlan | undefined;
  /** Whether the process came by the place where it was to die. */
  readonly isKilled: boolean;
  /** How often the process came by each place; known only of one that was not killed. */
  readonly places: Readonly<Record<string, number>>;
  readonly acknowledgements: readonly Acknowledgement[];
  readonly watchers: readonly WatcherRecord[];
}

const deadlineMs = 30_000;

/**
 * One saga of a scenario in a process that dies at one place, and two others that finish what is left. The clients
 * ask through a third engine, which runs nothing.
 */
export async function runWithKill(
  laboratory: Laboratory,
  rescuers: readonly [LabChild, LabChild],
  scenario: Scenario,
  kill: KillPlan | undefined,
): Promise<KillRun> {
  const sagaId = randomUUID();
  const saga: NamedPlan = { name: `saga-${sagaId}`, plan: scenario.plan };
  const sagas = [saga];
  const acknowledgements: Acknowledgement[] = [];
  const [client] = rescuers;
  const engine = `client of ${sagaId}`;
  const victim = laboratory.start({ name: `victim of ${sagaId}`, ...(kill === undefined ? {} : { kill }) });
  const death = victim.exited;
  await client.ask('open', engine, { sagas, runsSagas: false });

  await victim.ready;
  const start = async (child: LabChild, asked: string): Promise<void> => {
    await child.ask('start', asked, saga.name, sagaId, scenario.isQueued ?? false);
    acknowledgements.push({ kind: 'start', sagaId });
  };
  // A client whose answer does not come asks again, somewhere else.
  await victim
    .ask('open', 'victim', { sagas, runsSagas: true })
    .then(() => start(victim, 'victim'))
    .catch((error: unknown) => {
      if (!(error instanceof ProcessDiedError)) throw error;
      return start(client, engine);
    });
  const watcher = new WatchingClient(client, engine, sagaId);
  await watcher.begin();
  if (scenario.cancelAt !== undefined)
    await cancel(laboratory, client, engine, sagaId, scenario.cancelAt, acknowledgements);

  await within(deadlineMs, Promise.race([death, watcher.over]), `${scenario.name}: an end or a death`);
  const places = kill === undefined ? await victim.ask('places') : {};
  const rescue = `rescue of ${sagaId}`;
  await Promise.all(rescuers.map((rescuer) => rescuer.ask('open', rescue, { sagas, runsSagas: true })));
  const records = [watcher];
  const describe = `${scenario.name}, killed ${kill?.place ?? 'nowhere'} #${kill?.occurrence ?? 0}`;
  const status = await within(deadlineMs, watcher.over, `${describe}: the end`);
  if (status === 'stuck' && scenario.isMended === true) {
    await laboratory.world.mend(sagaId);
    await client.ask('retry', engine, sagaId);
    acknowledgements.push({ kind: 'retry', sagaId });
    const again = new WatchingClient(client, engine, sagaId, watcher.record.seen.at(-1)?.seq ?? 0);
    records.push(again);
    await again.begin();
    await within(deadlineMs, again.over, `${describe}: the end after a retry`);
  }
  const isKilled = victim.hasKilledItself;
  await victim.kill();
  await Promise.all([
    client.ask('close', engine),
    ...rescuers.map((rescuer) => rescuer.ask('close', rescue)),
  ]);
  return {
    scenario,
    sagaId,
    kill,
    isKilled,
    places,
    acknowledgements,
    watchers: records.map(({ record }) => record),
  };
}

async function cancel(
  laboratory: Laboratory,
  client: LabChild,
  engine: string,
  sagaId: string,
  step: string,
  acknowledgements: Acknowledgement[],
): Promise<void> {
  // The process may die before it comes so far: then it is cancelled where it stands.
  const until = performance.now() + 1_000;
  while (performance.now() < until && !(await laboratory.world.hasBegun(sagaId, step))) await pause(5);
  try {
    await client.ask('cancel', engine, sagaId);
    acknowledgements.push({ kind: 'cancel', sagaId });
  } catch (error) {
    if (!(error instanceof LabAnswerError) || error.errorName !== 'SagaStatusError') throw error;
  }
}
