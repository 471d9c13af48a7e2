/** A process of the lab: engines on PostgreSQL that answer their parent's questions until the process is killed. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { SagaStorageError } from '@nest-saga/core';
import { SagaEngine, SagaRegistry } from '@nest-saga/core/engine';
import type { Clock, SagaDefinition, SagaListener, SagaStorage } from '@nest-saga/core';
import { TypeOrmSagaStorage } from '@nest-saga/typeorm';
import { DataSource } from 'typeorm';
import { labSabotageOf } from '../saboteurs/lab-saboteurs.js';
import { Assignments } from '../simulation/assignments.js';
import { plannedSignals } from '../simulation/declare-stages.js';
import { KillSwitch } from './kill-switch.js';
import type { LabMessage, LabMethods, LabProcessSettings, LabQuestion } from './lab-messages.js';
import { defineLabSaga } from './lab-saga.js';
import { OutsideWorld } from './outside-world.js';
import { Underway } from './underway.js';
import { pause } from './wait.js';
import { WatchedStorage } from './watched-storage.js';
import { witnessEvents } from './witness-events.js';

const settings = JSON.parse(process.env['LAB_SETTINGS'] ?? '{}') as LabProcessSettings;
const { name, databaseUrl, worldUrl, kill, freeze, clockSkewMs = 0 } = settings;
const sabotage = labSabotageOf(settings.saboteur);

const tell = (message: LabMessage): void => {
  process.send?.(message);
};

const clock: Clock = {
  now: () => Date.now() + clockSkewMs,
  monotonicNow: () => performance.now(),
  startTimer: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/**
 * A supervisor would restart the process until its database is reachable; trying again here has the same effect and
 * costs less.
 */
const connect = async (): Promise<DataSource> => {
  for (;;) {
    const dataSource = new DataSource({
      type: 'postgres',
      url: databaseUrl,
      poolSize: 6,
      connectTimeoutMS: 3_000,
      poolErrorHandler: () => undefined,
    });
    try {
      return await dataSource.initialize();
    } catch {
      await pause(50);
    }
  }
};

const storage = new TypeOrmSagaStorage({
  dataSource: await connect(),
  migrations: 'off',
  statementTimeoutMs: 2_000,
  acquireTimeoutMs: 2_000,
});
await storage.open();
const standStill = (): void => {
  tell({ kind: 'stands-still' });
  process.kill(process.pid, 'SIGSTOP');
};
const killSwitch = freeze === undefined ? new KillSwitch(kill) : new KillSwitch(freeze, standStill);
const world = new OutsideWorld(worldUrl);
const assignments = new Assignments();
const underway = new Underway();
const witnesses = { killSwitch, world, assignments, underway };
const watched = new WatchedStorage(sabotage.storage?.(storage) ?? storage, name, witnesses);
// Opened once for all engines of this process, and closed when it ends.
const shared: SagaStorage = Object.assign(Object.create(watched) as SagaStorage, {
  open: () => Promise.resolve(),
  close: () => Promise.resolve(),
});

const troubles: Record<string, number> = {};
const listener: SagaListener = {
  onWorkerEvent: (event) => {
    if (!/fail|lost/.test(event.type)) return;
    const sqlState = 'error' in event ? sqlStateOf(event.error) : undefined;
    const kind = sqlState === undefined ? event.type : `${event.type} ${sqlState}`;
    troubles[kind] = (troubles[kind] ?? 0) + 1;
  },
};

const sqlStateOf = (error: unknown): string | undefined => {
  const cause = error instanceof SagaStorageError ? error.cause : undefined;
  if (!(cause instanceof Error) || !('sqlState' in cause)) return undefined;
  return typeof cause.sqlState === 'string' ? cause.sqlState : undefined;
};

const engines = new Map<string, SagaEngine>();

const engineOf = (engine: string): SagaEngine => {
  const found = engines.get(engine);
  if (found === undefined) throw new Error(`no engine "${engine}" is open in ${name}`);
  return found;
};

const createEngine = (definitions: readonly SagaDefinition[], worker: boolean): SagaEngine => {
  const engine = new SagaEngine({
    storage: shared,
    registry: new SagaRegistry(definitions),
    clock,
    ids: { nextId: randomUUID, random: Math.random },
    worker,
    lease: { leaseDurationMs: 1_200, renewalIntervalMs: 300, safetyMarginMs: 300 },
    recovery: { intervalMs: 200 },
    watchIntervalMs: 200,
    // Longer than a process stands still, so that a handler that was aborted is not abandoned because of that.
    abortGraceMs: 15_000,
    shutdownTimeoutMs: 1_000,
    // The waits of these sagas are longer, the times between two attempts shorter.
    parkAboveMs: 100,
    eventHandlers: witnessEvents({ process: name, ...witnesses }),
    listener,
  });
  sabotage.engine?.(engine);
  return engine;
};

type Asynchronous<Methods> = {
  [Name in keyof Methods]: Methods[Name] extends (...parameters: infer Parameters) => infer Answer
    ? (...parameters: Parameters) => Promise<Answer>
    : never;
};

const methods: Asynchronous<LabMethods> = {
  open: async (engine, { sagas, worker }) => {
    const definitions = sagas.map((saga) => {
      const defined = defineLabSaga(saga, { process: name, ...witnesses });
      return sabotage.definition?.(defined) ?? defined;
    });
    for (;;) {
      const opened = createEngine(definitions, worker);
      engines.set(engine, opened);
      try {
        return await opened.open();
      } catch (error) {
        // A supervisor restarts a process whose start failed.
        if (!(error instanceof SagaStorageError)) throw error;
        await pause(50);
      }
    }
  },
  close: async (engine) => {
    await engineOf(engine).close();
    engines.delete(engine);
  },
  start: async (engine, { isQueued, ...options }) => {
    const { starter } = engineOf(engine);
    const context = { trail: [] };
    const started = isQueued
      ? await starter.enqueue(context, options)
      : await starter.start(context, options);
    return started.sagaId;
  },
  cancel: (engine, sagaId) => engineOf(engine).requests.cancel(sagaId, 'changed my mind'),
  retry: (engine, sagaId) => engineOf(engine).requests.retry(sagaId, 'operator'),
  signal: (engine, sagaId) =>
    engineOf(engine).requests.signal(sagaId, plannedSignals.paid, undefined, { dedupeId: 'one' }),
  decide: (engine, sagaId, approval, decision) =>
    engineOf(engine).requests.decide(sagaId, approval, { decision, actor: 'ada' }),
  watch: async (engine, sagaId, fromSeq, watcher) => {
    engineOf(engine).reader.follow(sagaId, fromSeq, {
      onResult: ({ seq }) => tell({ kind: 'seen', watcher, seq, at: Date.now() }),
      onEnd: ({ status }) => tell({ kind: 'over', watcher, status }),
      onError: (error) => tell({ kind: 'watch-failed', watcher, ...wordsOf(error) }),
    });
  },
  block: async (untilFile) => {
    const never = new Int32Array(new SharedArrayBuffer(4));
    while (!existsSync(untilFile)) Atomics.wait(never, 0, 0, 5);
  },
  underway: async () => {
    const running = [...engines.values()].map(({ worker }) => worker.running.size);
    return running.reduce((sum, size) => sum + size, underway.count);
  },
  places: async () => killSwitch.passed,
  troubles: async () => troubles,
  describe: async () =>
    [...engines].map(([engine, { worker }]) => {
      const running = [...worker.running.all()].map(([sagaId, saga]) => `${sagaId} by ${saga.worker}`);
      return `${engine} is worker ${worker.lease.worker}, free ${worker.running.free}, runs [${running.join(', ')}]`;
    }),
};

const wordsOf = (error: unknown): { readonly name: string; readonly message: string } => {
  const { name: errorName, message } = error instanceof Error ? error : new Error(String(error));
  return { name: errorName, message };
};

const obey = async ({ id, method, parameters }: LabQuestion): Promise<void> => {
  try {
    const answer = await (methods[method] as (...given: readonly unknown[]) => Promise<unknown>)(
      ...parameters,
    );
    tell({ kind: 'answer', id, answer });
  } catch (error) {
    tell({ kind: 'error', id, ...wordsOf(error) });
  }
};

process.on('message', (question: LabQuestion) => void obey(question));
// The parent process is gone.
process.on('disconnect', () => process.exit());

tell({ kind: 'ready' });
