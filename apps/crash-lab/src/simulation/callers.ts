import type { SagaHeading } from '@nest-saga/core/storage-kit';
import { SagaBusyError, SagaShuttingDownError, SagaStatusError, SagaStorageError } from '@nest-saga/core';
import { SagaPastPivotError } from '@nest-saga/core/engine';
import type { SagaStuck } from '@nest-saga/core';
import type { SagaEngine } from '@nest-saga/core/engine';
import type { WatchedResult, WatcherRecord } from '@nest-saga/testing';
import { messageBefore, plannedSignals } from './declare-stages.js';
import { dead } from './life.js';
import type { Life } from './life.js';
import type { PlannedMove, RunPlan } from './run-plan.js';
import type { RunRecord } from './run-record.js';
import type { TrailContext } from './trail-context.js';
import type { SeededRandom } from './seeded-random.js';
import type { VirtualTime } from './virtual-time.js';

/** The dependencies of the callers of a run. */
export interface CallerSurroundings {
  readonly time: VirtualTime;
  readonly record: RunRecord;
  readonly random: SeededRandom;
  pickLife(): Life | undefined;
  find(sagaId: string): Promise<SagaHeading | undefined>;
  tell(text: () => string): void;
}

const retryMs = 20;
const decisionRetryMs = 7;
const mostDecisions = 20;
const key = 'the key';
const firstId = '10000000-0000-7000-8000-000000000000';

/**
 * All callers: those that start the saga, watch it and cancel it, and the operator of stuck sagas. Each retries, in any
 * living process, until it has an answer.
 */
export class Callers {
  private busy = 0;
  private isStuckKnown = false;

  constructor(
    private readonly plan: RunPlan,
    private readonly surroundings: CallerSurroundings,
  ) {}

  get isDone(): boolean {
    return this.busy === 0;
  }

  get isOperatorDone(): boolean {
    return !this.isStuckKnown;
  }

  begin(): void {
    for (let count = 0; count < this.plan.callers; count++)
      this.launch('start', 1, () => this.start(count === 0));
    const { cancelAtMs, moves } = this.plan;
    if (cancelAtMs !== undefined) this.launch('cancel', cancelAtMs, () => this.cancel());
    for (const move of moves)
      this.launch('message', move.atMs, () => ('signal' in move ? this.signal(move) : this.decide(move)));
  }

  /** The current state of a saga. */
  noticeStatus({ sagaId, status, stuck }: SagaHeading): void {
    if (status !== 'stuck' || this.isStuckKnown || !this.isWorthRetrying(stuck)) return;
    this.isStuckKnown = true;
    this.launch('retry', retryMs, async () => {
      try {
        await this.ask((engine) => engine.requests.retry(sagaId, 'operator'));
        this.surroundings.record.acknowledgements.push({ kind: 'retry', sagaId });
      } catch (error) {
        // It is not stuck any more: the request was durable, and its answer was lost.
        if (!(error instanceof SagaStatusError)) throw error;
      }
      this.isStuckKnown = false;
    });
  }

  // If no fix is needed, a retry is always worthwhile; for a broken compensation as often as the plan says.
  private isWorthRetrying(stuck: SagaStuck | undefined): boolean {
    return (
      stuck?.reason === 'recovery-exhausted' ||
      this.surroundings.record.operatorRounds < this.plan.operatorRetries
    );
  }

  /** Before or after a process has its lease. */
  private startDelayMs(): number {
    return this.plan.isCalm ? 10 : this.surroundings.random.between(1, 60);
  }

  private launch(name: string, delayMs: number, task: () => Promise<void>): void {
    this.busy++;
    this.surroundings.time.schedule(delayMs, undefined, () => {
      task()
        .catch((error: unknown) =>
          this.surroundings.record.surprises.push(`${name} rejected: ${String(error)}`),
        )
        .finally(() => this.busy--)
        .catch(() => undefined);
    });
  }

  private async start(isWatching: boolean): Promise<void> {
    const identity = this.plan.identifiedBy === 'id' ? { sagaId: firstId } : { key };
    const context: TrailContext = { trail: [] };
    const { sagaId } = await this.ask((engine) => {
      const { startDelayMs: delayMs } = this.plan;
      const options = { saga: 'planned', ...identity, ...(delayMs === undefined ? {} : { delayMs }) };
      return this.plan.start === 'start'
        ? engine.starter.start(context, options)
        : engine.starter.enqueue(context, options);
    });
    this.surroundings.record.acknowledgements.push({
      kind: 'start',
      sagaId,
      ...(this.plan.identifiedBy === 'key' ? { key } : {}),
    });
    if (isWatching && !this.plan.isCalm) this.watch(sagaId, 0);
  }

  private async cancel(): Promise<void> {
    const sagaId = await this.startedId();
    if (await this.unlessRefused((engine) => engine.requests.cancel(sagaId, 'changed my mind')))
      this.surroundings.record.acknowledgements.push({ kind: 'cancel', sagaId });
  }

  private async signal({
    signal,
    dedupeId,
  }: Extract<PlannedMove, { readonly signal: string }>): Promise<void> {
    const sagaId = await this.startedId();
    const options = dedupeId === undefined ? {} : { dedupeId };
    const isTaken = await this.unlessRefused((engine) =>
      engine.requests.signal(sagaId, plannedSignals[signal], undefined, options),
    );
    if (isTaken)
      this.surroundings.record.acknowledgements.push({ kind: 'signal', sagaId, name: signal, ...options });
  }

  /** A person decides when the question is there. */
  private async decide(move: Extract<PlannedMove, { readonly decision: string }>): Promise<void> {
    const sagaId = await this.startedId();
    const step = messageBefore(move.approvalBefore);
    const decision = { decision: move.decision, actor: 'ada' } as const;
    for (let attempt = 1; attempt <= mostDecisions; attempt++) {
      if (await this.unlessRefused((engine) => engine.requests.decide(sagaId, step, decision)))
        return void this.surroundings.record.acknowledgements.push({ kind: 'signal', sagaId, name: step });
      await this.wait(decisionRetryMs);
    }
  }

  /** Whether a request was accepted. A saga that has ended or does not wait for it refuses it, which is an answer, too. */
  private async unlessRefused(question: (engine: SagaEngine) => Promise<void>): Promise<boolean> {
    try {
      await this.ask(question);
      return true;
    } catch (error) {
      if (!(error instanceof SagaStatusError || error instanceof SagaPastPivotError)) throw error;
      return false;
    }
  }

  private async startedId(): Promise<string> {
    for (;;) {
      const [started] = this.surroundings.record.acknowledgements;
      if (started !== undefined) return started.sagaId;
      await this.wait(1);
    }
  }

  /** Asks a living process, and another one if it dies or the storage fails. */
  private async ask<Answer>(question: (engine: SagaEngine) => Promise<Answer>): Promise<Answer> {
    for (;;) {
      const life = this.surroundings.pickLife();
      if (life?.engine !== undefined) {
        try {
          const answer = await Promise.race([question(life.engine), life.death]);
          if (answer !== dead) return answer;
        } catch (error) {
          const isPassing =
            error instanceof SagaStorageError ||
            error instanceof SagaShuttingDownError ||
            error instanceof SagaBusyError;
          if (!isPassing) throw error;
        }
      }
      await this.wait(retryMs);
    }
  }

  private watch(sagaId: string, fromSeq: number): void {
    const life = this.surroundings.pickLife();
    if (life?.engine === undefined) {
      this.surroundings.time.schedule(retryMs, undefined, () => this.watch(sagaId, fromSeq));
      return;
    }
    const { record, time } = this.surroundings;
    const seen: WatchedResult[] = [];
    const watching: { -readonly [Field in keyof WatcherRecord]: WatcherRecord[Field] } = {
      watcher: `the watcher at ${life.name}`,
      sagaId,
      fromSeq,
      seen,
      isEnded: false,
    };
    record.watchers.push(watching);
    let isOver = false;
    const again = (): void => {
      if (isOver) return;
      isOver = true;
      this.watch(sagaId, seen.at(-1)?.seq ?? fromSeq);
    };
    life.engine.reader.follow(sagaId, fromSeq, {
      onResult: ({ seq }) => {
        seen.push({ seq, at: time.now(), durableSeq: record.durableSeqs.get(sagaId) ?? 0 });
      },
      onEnd: ({ status }) => {
        isOver = true;
        // A stuck saga ends the watch, too, but not the saga.
        watching.isEnded = status !== 'stuck';
      },
      onError: again,
    });
    void life.death.then(again);
  }

  private wait(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.surroundings.time.schedule(durationMs, undefined, resolve);
    });
  }
}
