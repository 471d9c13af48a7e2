import type { SagaHeading } from '@nest-saga/core/storage-kit';
import { InMemorySagaStorage, isOpen } from '@nest-saga/core';
import { SagaEngine, SagaRegistry } from '@nest-saga/core/engine';
import type { Clock, LoadedSaga, SagaDefinition, SagaStorage } from '@nest-saga/core';
import type { CrashEvidence } from '@nest-saga/testing';
import { Assignments } from './assignments.js';
import { Callers } from './callers.js';
import { awaitedBy } from './declare-stages.js';
import { Life } from './life.js';
import type { CallFault, RunPlan } from './run-plan.js';
import { simulatedTimes } from './run-plan.js';
import { RunRecord } from './run-record.js';
import type { CrashPlace } from './run-record.js';
import { definePlannedSaga, inhabit } from './scripted-definition.js';
import { SeededRandom } from './seeded-random.js';
import { VirtualTime } from './virtual-time.js';
import { Wire } from './wire.js';

/** A deliberate mistake in the engine or its storage: see `saboteurs`. */
export interface Sabotage {
  /** A broken storage. */
  storage?(clock: Clock): SagaStorage;
  /** A broken layer between an engine and the storage. */
  wire?(storage: SagaStorage, life: Life): SagaStorage;
  /** A broken saga, in one process. */
  definition?(definition: SagaDefinition, life: Life): SagaDefinition;
  /** Breaks an engine before it is opened. */
  engine?(engine: SagaEngine, life: Life): void;
}

/** The result of a run. */
export interface SimulatedRun {
  readonly evidence: CrashEvidence;
  /** Unexplained events: a rejection, or a run that never ended. */
  readonly surprises: readonly string[];
  /** The number of storage calls. */
  readonly calls: number;
  /** The faults that struck, in order. */
  readonly faults: readonly string[];
  /** The places where a crash would have had another result than at the place before. */
  readonly places: readonly CrashPlace[];
  /** The events of the run, one line each, if requested. */
  readonly story: readonly string[];
}

const mostEvents = 5_000;
const mostCalmEvents = 1_000;

/** Runs a plan to its end: the same plan gives the same run, to the last event. */
export async function simulate(
  plan: RunPlan,
  sabotage: Sabotage = {},
  isTold = false,
): Promise<SimulatedRun> {
  return new Simulation(plan, sabotage, isTold).run();
}

class Simulation {
  private readonly time = new VirtualTime();
  private readonly random: SeededRandom;
  private readonly record = new RunRecord();
  private readonly storage: SagaStorage;
  private readonly definition: SagaDefinition;
  private readonly callers: Callers;
  private readonly story: string[] = [];
  private readonly lives: Life[] = [];
  private lifeCount = 0;
  private handlerCalls = 0;
  private headers: readonly SagaHeading[] = [];
  private seenWrites = -1;
  private overSince: number | undefined;

  constructor(
    private readonly plan: RunPlan,
    private readonly sabotage: Sabotage,
    private readonly isTold: boolean,
  ) {
    this.random = new SeededRandom(plan.seed);
    this.storage = sabotage.storage?.(this.time) ?? new InMemorySagaStorage(this.time);
    this.definition = definePlannedSaga(plan.saga);
    this.callers = new Callers(plan, {
      time: this.time,
      record: this.record,
      random: this.random,
      pickLife: () => this.pickLife(),
      find: (sagaId) => this.storage.find(sagaId),
      tell: this.tell,
    });
  }

  async run(): Promise<SimulatedRun> {
    for (let count = 0; count < this.plan.processes; count++) this.startLife();
    for (const fault of this.plan.processFaults)
      this.time.schedule(fault.atMs, undefined, () => this.strike(fault.kind));
    this.callers.begin();
    // Stacks are half of the cost of an error, and are not used here.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      await this.time.run(() => this.isOver());
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
    for (const life of this.lives) life.die();
    return {
      evidence: await this.evidence(),
      surprises: this.record.surprises,
      calls: this.record.calls,
      faults: this.record.faults,
      places: this.record.places,
      story: this.story,
    };
  }

  private isOver(): boolean | Promise<boolean> {
    const most = this.plan.isCalm ? mostCalmEvents : mostEvents;
    if (this.time.ran > most) {
      this.record.surprises.push(`it did not end within ${most} events`);
      return true;
    }
    return this.seenWrites === this.record.writes ? this.isAtEnd() : this.look();
  }

  private async look(): Promise<boolean> {
    this.seenWrites = this.record.writes;
    this.headers = (await this.storage.list({ limit: 1_000 })).sagas;
    for (const header of this.headers) this.callers.noticeStatus(header);
    return this.isAtEnd();
  }

  private isAtEnd(): boolean {
    const isOver = this.callers.isDone && this.headers.every((header) => this.isAtRest(header));
    this.overSince = isOver ? (this.overSince ?? this.time.elapsedMs) : undefined;
    return (
      this.overSince !== undefined && this.time.elapsedMs >= this.overSince + this.lingerMs && this.isQuiet()
    );
  }

  /** How long abandoned handlers may still do harm. */
  private get lingerMs(): number {
    return this.plan.isCalm ? 0 : 100;
  }

  /** Whether no process is paused, and no call is in flight that could still do harm. */
  private isQuiet(): boolean {
    const isBusy = ({ isDead, unanswered, pausedUntil }: Life): boolean =>
      !isDead && (unanswered > 0 || pausedUntil > this.time.elapsedMs);
    return this.plan.isCalm || (this.record.underway === 0 && !this.lives.some(isBusy));
  }

  private isAtRest({ status }: SagaHeading): boolean {
    return !isOpen(status) && (status !== 'stuck' || this.callers.isOperatorDone);
  }

  private async evidence(): Promise<CrashEvidence> {
    const { acknowledgements, ledger, snapshots, watchers, emitted, leases } = this.record;
    const { sagas: headers } = await this.storage.list({ limit: 1_000 });
    const loaded = await Promise.all(headers.map(({ sagaId }) => this.storage.load(sagaId)));
    const sagas = loaded.filter((saga): saga is LoadedSaga => saga !== undefined);
    const awaited = awaitedBy(this.plan.saga);
    return { acknowledgements, ledger, sagas, snapshots, leases, watchers, emitted, awaited };
  }

  private parks(process: number): boolean {
    return this.plan.parks === 'all' || (this.plan.parks === 'some' && process % 2 === 1);
  }

  private startLife(): void {
    const { clockSkewsMs } = this.plan;
    const number = this.lifeCount++;
    const life = new Life(this.time, this.random, number, clockSkewsMs[number % clockSkewsMs.length] ?? 0);
    this.lives.push(life);
    const surroundings = {
      life,
      record: this.record,
      time: this.time,
      assignments: new Assignments(),
      nextHandlerFault: () => faultOf(this.plan.handlerFaults, this.handlerCalls++),
      faultOf: (call: number) =>
        this.struck(faultOf(this.plan.callFaults, call)) ?? this.struck(this.outage(), 'outage, '),
      latencyMs: () => this.latencyMs(),
      longMs: () => this.longMs(),
      crash: this.crash,
      tell: this.tell,
    };
    const inhabited = inhabit(this.definition, this.plan.saga, surroundings);
    const { lease, intervalMs } = this.plan.isCalm ? simulatedTimes.calm : simulatedTimes;
    const wire = new Wire(this.storage, life, surroundings);
    life.engine = new SagaEngine({
      storage: this.sabotage.wire?.(wire, life) ?? wire,
      registry: new SagaRegistry([this.sabotage.definition?.(inhabited, life) ?? inhabited]),
      clock: life,
      ids: life,
      lease,
      recovery: { intervalMs },
      watchIntervalMs: simulatedTimes.watchIntervalMs,
      ...(this.parks(number) ? { parkAboveMs: simulatedTimes.parkAboveMs } : {}),
      abortGraceMs: simulatedTimes.abortGraceMs,
      shutdownTimeoutMs: simulatedTimes.shutdownTimeoutMs,
      eventHandlers: {
        handlersOf: ({ sagaId, seq }) => [
          { name: 'the handler', handle: () => this.handleEvent(life, sagaId, seq) },
        ],
      },
      listener: {
        onSagaEvent: (event) => {
          const durableSeq = this.record.durableSeqs.get(event.sagaId) ?? 0;
          if (event.type === 'step')
            this.record.told(life.name, event.sagaId, {
              seq: event.result.seq,
              at: this.time.now(),
              durableSeq,
            });
        },
      },
    });
    this.sabotage.engine?.(life.engine, life);
    // A process that cannot be opened ends, and its supervisor starts another one.
    life.engine.open().catch(() => this.crash(life, 'its start failed'));
  }

  /** An event counts once it is handled, which takes time: a process can die before. */
  private async handleEvent(life: Life, sagaId: string, seq: number): Promise<void> {
    const durableSeq = this.record.durableSeqs.get(sagaId) ?? 0;
    await life.sleep(this.plan.isCalm ? 0 : 3);
    this.record.emitted.push({ sagaId, seq, durableSeq, handledAt: this.time.now() });
  }

  private struck<Fault extends string>(fault: Fault | undefined, from = ''): Fault | undefined {
    if (fault !== undefined) this.record.faults.push(`${from}${fault}`);
    return fault;
  }

  private outage(): CallFault | undefined {
    const now = this.time.elapsedMs;
    return this.plan.outages.find(({ fromMs, durationMs }) => fromMs <= now && now < fromMs + durationMs)
      ?.kind;
  }

  private readonly crash = (life: Life, why: string): void => {
    if (life.isDead) return;
    this.tell(() => `${life.name}: dies (${why})`);
    life.die();
    this.replace();
  };

  private replace(): void {
    // If the lease of the dead process has expired, there is nothing to wait for.
    const delayMs = this.plan.isCalm
      ? simulatedTimes.calm.lease.leaseDurationMs
      : this.random.between(1, 100);
    this.time.schedule(delayMs, undefined, () => this.startLife());
  }

  private strike(kind: 'crash' | 'shutdown' | 'pause'): void {
    const life = this.pickLife();
    if (life === undefined) return;
    this.struck(kind, 'process, ');
    if (kind === 'crash') return this.crash(life, 'struck');
    this.tell(() => `${life.name}: ${kind}`);
    if (kind === 'pause') return life.pause(this.longMs());
    life.isLeaving = true;
    // The process ends then, whether the storage releases its sagas or not.
    const leave = (): void => this.crash(life, 'shut down');
    life.engine?.close().then(leave, leave);
  }

  private pickLife(): Life | undefined {
    const alive = this.lives.filter(({ isDead, isLeaving }) => !isDead && !isLeaving);
    return alive[this.random.between(0, alive.length - 1)];
  }

  private latencyMs(): number {
    return this.plan.isCalm ? 0 : this.random.between(0, 12);
  }

  private longMs(): number {
    return this.random.between(80, 500);
  }

  private readonly tell = (text: () => string): void => {
    if (this.isTold) this.story.push(`${this.time.elapsedMs} ms ${text()}`);
  };
}

function faultOf<Kind>(
  faults: readonly { readonly call: number; readonly kind: Kind }[],
  call: number,
): Kind | undefined {
  return faults.find((fault) => fault.call === call)?.kind;
}
