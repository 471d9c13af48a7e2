import { SagaStorageError } from '@nest-saga/core';
import type { AppendRequest, AppendResult, EntryDraft } from '@nest-saga/core';
import type { SagaEngine, SagaState } from '@nest-saga/core/engine';
import type { Life } from '../simulation/life.js';
import { workerOf } from './internals.js';
import type { Saboteur } from './saboteur.js';

type Append = SagaEngine['worker']['writer']['append'];
type WriteLimit = Parameters<Append>[1];

/** Replaces `append` between the executors of an engine and its writer. */
function patchAppend(
  engine: SagaEngine,
  patch: (append: Append, request: AppendRequest, limit: WriteLimit) => Promise<AppendResult>,
): void {
  const { writer } = engine.worker;
  const append: Append = writer.append.bind(writer);
  writer.append = (request, limit) => patch(append, request, limit);
}

/** Changes the state with which an engine starts to run a saga. */
export function patchState(engine: SagaEngine, patch: (state: SagaState) => SagaState): void {
  const worker = workerOf(engine);
  const execute = worker.execute.bind(worker);
  worker.execute = (owner, definition, header, state, from) =>
    execute(owner, definition, header, patch(state), from);
}

function undoBeforeDecision(engine: SagaEngine): void {
  const held = new Map<string, AppendRequest>();
  patchAppend(engine, async (append, request, limit) => {
    if (request.entry.kind === 'act-failed' && request.entry.next === 'compensate') {
      held.set(request.sagaId, request);
      return 'stored';
    }
    const first = held.get(request.sagaId);
    held.delete(request.sagaId);
    if (first !== undefined) await append(first, limit);
    return append(request, limit);
  });
}

function emitFirst(engine: SagaEngine, life: Life): void {
  patchAppend(engine, async (append, request, limit) => {
    const { sagaId, seq, worker, entry } = request;
    const standing = await engine.reader.find(sagaId).catch(() => undefined);
    if (standing !== undefined)
      engine.watch.publish([{ ...entry, seq, worker, recordedAt: new Date(life.now()) }], standing.header);
    return append(request, limit);
  });
}

function troubleIsFailure(engine: SagaEngine): void {
  const { writer } = engine.worker;
  const append: Append = writer.append.bind(writer);
  writer.append = async (request, limit) => {
    const { entry, worker } = request;
    let isTroubled = false;
    const noRetries: WriteLimit = {
      mayKeepTrying() {
        isTroubled = true;
        return false;
      },
    };
    const result = await append(request, noRetries).catch((error: unknown) => {
      if (!isTroubled || entry.kind !== 'act-completed') throw error;
      return 'troubled' as const;
    });
    if (result !== 'troubled') return result;
    const { step, attempt, startedAt, finishedAt } = entry as Extract<
      typeof entry,
      { kind: 'act-completed' }
    >;
    const error = { name: 'SagaStorageError', message: 'the storage did not answer' };
    const failed = {
      kind: 'act-failed',
      step,
      attempt,
      startedAt,
      finishedAt,
      error,
      outcome: 'completed',
      next: 'compensate',
      undo: true,
      status: 'compensating',
    } as const;
    const failure = { reason: 'step-failed', step, errorName: error.name, message: error.message } as const;
    const change = { status: 'compensating', owner: worker, failure, stuck: undefined } as const;
    await append({ ...request, entry: failed, change }, limit);
    throw new SagaStorageError('append', 'refused');
  };
}

/** A fenced append counts as stored. */
export function ignoreFence(engine: SagaEngine): void {
  patchAppend(engine, async (append, request, limit) => {
    await append(request, limit);
    return 'stored';
  });
}

/** No news reach a running saga, as if every hint and every read of news were lost. */
export function loseNews({ worker }: SagaEngine): void {
  const { running } = worker;
  const get = running.get.bind(running);
  running.get = (sagaId) => {
    const saga = get(sagaId);
    if (saga !== undefined) saga.executor.notice = () => undefined;
    return saga;
  };
}

/** A worker that could not renew its lease continues. */
export function ignoreLease(engine: SagaEngine): void {
  const { lease } = engine.worker;
  lease.isValidFor = () => true;
  // The loss of the lease is not reported.
  Reflect.set(lease, 'onLost', () => undefined);
}

function addMargin(engine: SagaEngine): void {
  const { lease } = engine.worker;
  const options = Reflect.get(lease, 'options') as { readonly safetyMarginMs: number };
  Reflect.set(lease, 'options', { ...options, safetyMarginMs: -options.safetyMarginMs });
}

function stopSweeping(engine: SagaEngine): void {
  const { sweep } = engine.worker;
  const sweepOnce = sweep.sweep.bind(sweep);
  sweep.sweep = () => sweepOnce().catch(() => sweep.stop());
}

function failWhatIsStuck(engine: SagaEngine): void {
  patchAppend(engine, (append, request, limit) => {
    const { change } = request;
    if (change?.status !== 'stuck') return append(request, limit);
    const entry: EntryDraft = { ...request.entry, status: 'failed' };
    return append({ ...request, entry, change: { ...change, status: 'failed', stuck: undefined } }, limit);
  });
}

function writeBehind(engine: SagaEngine, life: Life): void {
  const { writer } = engine.worker;
  const start = writer.start.bind(writer);
  writer.start = async (saga, limit) => {
    // A refusal of the storage is not reported.
    void life.sleep(15).then(() => start(saga, limit).catch(() => undefined));
    return { kind: 'started' };
  };
}

function forgetDoubt(engine: SagaEngine): void {
  patchState(engine, (state) => ({
    ...state,
    branches: state.branches.map((branch) =>
      branch.priorOutcome === 'unknown' ? { ...branch, priorOutcome: undefined } : branch,
    ),
  }));
}

function skipGrace(engine: SagaEngine): void {
  const { worker } = engine;
  Reflect.set(worker, 'options', { ...(Reflect.get(worker, 'options') as object), abortGraceMs: 0 });
}

function countParkedClaims(engine: SagaEngine): void {
  const worker = workerOf(engine);
  const execute = worker.execute.bind(worker);
  worker.execute = (owner, definition, header, state, from) => {
    const { entries = [] } = from;
    const parked = entries.filter((entry) => entry.kind === 'claimed' && entry.parked === true);
    const recoveries = state.recoveries + parked.length;
    return execute(owner, definition, header, { ...state, recoveries }, from);
  };
}

function withoutAttempts(state: SagaState): SagaState {
  return { ...state, branches: state.branches.map((branch) => ({ ...branch, failedAttempts: 0 })) };
}

/** Engines that break a rule of the contract. */
export const brokenEngines: readonly Saboteur[] = [
  {
    name: 'undo before the decision',
    mistake: 'the failure of an act is written together with the first undo, not before it',
    breaks: ['undo-before-decision'],
    sabotage: { engine: undoBeforeDecision },
  },
  {
    name: 'emission before the append',
    mistake: 'watchers are shown a result before it is written',
    breaks: ['shown-too-early'],
    sabotage: { engine: emitFirst },
  },
  {
    name: 'infrastructure error treated as failure',
    mistake: 'a saga is undone because the storage did not answer',
    breaks: ['model: the results'],
    sabotage: { engine: troubleIsFailure },
  },
  {
    name: 'attempts kept in memory',
    mistake: 'a recovery counts the attempts from 1 again',
    breaks: ['model: the results'],
    sabotage: { engine: (engine) => patchState(engine, withoutAttempts) },
  },
  {
    name: 'parked claim counts as a recovery',
    mistake: 'a claim of a saga that only waited counts towards its limit of recoveries',
    breaks: ['model: stuck by recovery-exhausted'],
    sabotage: { engine: countParkedClaims },
  },
  {
    name: 'doubt forgotten at a claim',
    mistake: 'a claim assumes that an act never ran, although the last owner may have begun it',
    breaks: ['effect-left-standing'],
    sabotage: { engine: forgetDoubt },
  },
  {
    name: 'grace skipped',
    mistake: 'an act that times out is recorded at once, even if it returns a moment later',
    breaks: ['model: the results'],
    sabotage: { engine: skipGrace },
  },
  {
    name: 'recovery that continues forward',
    mistake: 'a recovery runs a saga forward that had decided to compensate',
    breaks: ['act-after-decision'],
    sabotage: {
      engine: (engine) =>
        patchState(engine, (state) => ({ ...state, direction: 'forward', status: 'running' })),
    },
  },
  {
    name: 'fence ignored',
    mistake: 'an append that was fenced counts as stored',
    breaks: ['act-after-decision'],
    sabotage: { engine: ignoreFence },
  },
  {
    name: 'lease ignored',
    mistake: 'a worker that could not renew its lease continues',
    breaks: ['fencing-token'],
    sabotage: { engine: ignoreLease },
  },
  {
    name: 'lease too long',
    mistake: 'the safety margin is added to a lease, not taken off it',
    breaks: ['without-lease'],
    sabotage: { engine: addMargin },
  },
  {
    name: 'sweep error swallowed',
    mistake: 'one sweep that fails is the last one',
    breaks: ['not-ended'],
    sabotage: { engine: stopSweeping },
  },
  {
    name: 'cancel acknowledged and dropped',
    mistake: 'a cancel is answered and never written',
    breaks: ['acknowledged-lost'],
    sabotage: {
      engine: (engine) => {
        engine.requests.cancel = () => Promise.resolve();
      },
    },
  },
  {
    name: 'stuck counts as failed',
    mistake: 'a saga whose compensation was exhausted is FAILED, as if it were undone',
    breaks: ['undo-missing'],
    sabotage: { engine: failWhatIsStuck },
  },
  {
    name: 'start acknowledged before it is durable',
    mistake: 'a start is answered first and written a moment later',
    breaks: ['acknowledged-lost'],
    sabotage: { engine: writeBehind },
  },
];
