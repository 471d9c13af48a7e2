/** A process that runs the sagas "work" and "guarded" on PostgreSQL until it is ended, and sends its parent messages. */
import { randomUUID } from 'node:crypto';
import { CircuitOpenError, defineSaga, fallback } from '@nest-saga/core';
import { SagaEngine, SagaRegistry } from '@nest-saga/core/engine';
import type { CircuitBreaker, DeclaredStep, SagaListener, StepRun } from '@nest-saga/core';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { TypeOrmSagaStorage } from '../../src/typeorm-saga-storage.js';
import { RealClock } from './real-clock.js';
import type { WorkContext, WorkerCommand, WorkerMessage, WorkerSettings } from './worker-messages.js';

const settings = JSON.parse(process.env['WORKER_SETTINGS'] ?? '{}') as WorkerSettings;
const { url, hints = true, holds = false, refuses = false, worker = true } = settings;

const tell = (message: WorkerMessage): void => {
  process.send?.(message);
};

const ledger = new pg.Pool({ connectionString: url, max: 2 });

const isGateOpen = async (): Promise<boolean> => {
  const { rowCount } = await ledger.query('SELECT FROM gate');
  return rowCount !== 0;
};

const pause = (delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });

const hold = async (sagaId: string): Promise<void> => {
  while (!(await isGateOpen())) await pause(20);
  tell({ kind: 'hold-over', sagaId });
};

const note = (run: StepRun, what: string): Promise<unknown> =>
  ledger.query('INSERT INTO call (process, saga_id, what) VALUES ($1, $2, $3)', [
    process.pid,
    run.sagaId,
    `${what} ${run.step}`,
  ]);

const charge = async ({ charge: what }: WorkContext, { sagaId }: StepRun): Promise<void> => {
  if (what === 'kill' || (what === 'kill-or-throw' && holds)) {
    await pause(300);
    process.kill(process.pid, 'SIGKILL');
  }
  if (what === 'kill-or-throw') throw new Error('the card was declined');
  if (what === 'answer' || !holds) return;
  await hold(sagaId);
  if (what === 'hold-and-throw') throw new Error('the card service is down');
};

const step = (id: string): DeclaredStep => ({
  id,
  handler: () => ({
    act: async (context, run) => {
      await note(run, 'act');
      if (id === 'charge') await charge(context as WorkContext, run);
      if ((context as WorkContext).isKept !== true) Object.assign(context as object, { last: id });
    },
    compensate: async (_context, run) => {
      await note(run, 'compensate');
    },
  }),
});

const circuitBreaker: CircuitBreaker = {
  execute: (stepId, attempt) => (refuses ? Promise.reject(new CircuitOpenError(stepId)) : attempt()),
  isOpen: (error) => error instanceof CircuitOpenError,
};

const listener: SagaListener = {
  onSagaEvent: (event) => {
    const reason = event.type === 'stopped' ? { reason: event.reason } : {};
    tell({ kind: 'saga-event', type: event.type, sagaId: event.sagaId, ...reason });
  },
  onWorkerEvent: ({ type }) => tell({ kind: 'worker-event', type }),
};

const dataSource = new DataSource({ type: 'postgres', url, poolSize: 4, poolErrorHandler: () => undefined });
await dataSource.initialize();
const engine = new SagaEngine({
  ...settings,
  worker,
  storage: new TypeOrmSagaStorage({ dataSource, hints }),
  registry: new SagaRegistry([
    defineSaga({ name: 'work', steps: [step('reserve'), step('charge'), step('ship')] }),
    defineSaga({
      name: 'guarded',
      steps: [step('reserve'), fallback(step('charge'), step('invoice'), { circuitBreaker })],
    }),
  ]),
  clock: new RealClock(),
  ids: { nextId: () => randomUUID(), random: () => Math.random() },
  listener,
});

const obey = async ({ kind, context, ...options }: WorkerCommand): Promise<void> => {
  const { sagaId } = await engine.starter[kind](context, options);
  tell({ kind: 'stored', sagaId });
};
process.on('message', (command: WorkerCommand) => void obey(command));
// The process that spawned it has ended.
process.on('disconnect', () => process.exit());

await engine.open();
tell({ kind: 'open' });
