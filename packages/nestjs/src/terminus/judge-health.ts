import type { StorageSummary } from '@nest-saga/core';
import type { SinkSummary } from '@nest-saga/core/engine';

/** The state of this process as a worker. Ages are in milliseconds; undefined if it never happened. */
export interface WorkerVitals {
  readonly isFenced: boolean;
  readonly heartbeatAgeMs: number | undefined;
  readonly heartbeatLimitMs: number;
  /** Undefined if this process does not sweep. */
  readonly sweep: { readonly ageMs: number | undefined; readonly limitMs: number } | undefined;
}

/** The findings of a check. */
export interface SagaVitals {
  /** Undefined in a process that runs no sagas. */
  readonly worker: WorkerVitals | undefined;
  /** The numbers of the storage, or the reason why there are none. */
  readonly storage:
    | {
        readonly kind: 'up';
        readonly summary: StorageSummary;
        readonly unregistered: number;
        /** The reason why the storage can be read but not written. */
        readonly problem?: string | undefined;
        /** Whether hints of other processes are received; undefined if the storage has no hints. */
        readonly isListening?: boolean | undefined;
        /** The messages that are still to be delivered, by sink; undefined if the storage has no outbox. */
        readonly sinks?: readonly SinkSummary[] | undefined;
      }
    | { readonly kind: 'down'; readonly problem: string };
}

/** The verdict, with counts and ages, and never with a context, the id of a saga or the text of an error. */
export interface SagaHealth {
  readonly status: 'up' | 'degraded' | 'down';
  readonly details: Readonly<Record<string, unknown>>;
}

interface Limits {
  readonly maximumOpenAgeMs: number;
  readonly maximumLagMs: number;
  readonly expectsEverySaga: boolean;
}

/** Judges the health of the sagas. Down: this process cannot do its work. Degraded: an operator should look at it. */
export function judgeHealth({ worker, storage }: SagaVitals, limits: Limits): SagaHealth {
  const outages = [...outagesOf(worker), ...(storage.problem === undefined ? [] : [storage.problem])];
  const concerns = storage.kind === 'up' ? concernsOf(storage, limits) : [];
  const problems = [...outages, ...concerns];
  return {
    status: outages.length > 0 ? 'down' : concerns.length > 0 ? 'degraded' : 'up',
    details: {
      ...(problems.length > 0 ? { problems } : {}),
      ...(storage.kind === 'up' ? countsOf(storage) : {}),
      ...(worker === undefined ? {} : agesOf(worker)),
    },
  };
}

function outagesOf(worker: WorkerVitals | undefined): readonly string[] {
  if (worker === undefined) return [];
  const { isFenced, heartbeatAgeMs, heartbeatLimitMs, sweep } = worker;
  return [
    ...(isFenced ? ['this worker has no valid lease: it runs no saga'] : []),
    ...(isOver(heartbeatAgeMs, heartbeatLimitMs)
      ? ['the heartbeat has not succeeded for two intervals']
      : []),
    ...(sweep !== undefined && isOver(sweep.ageMs, sweep.limitMs)
      ? ['the recovery sweep has not succeeded for two intervals']
      : []),
  ];
}

function isOver(ageMs: number | undefined, limitMs: number): boolean {
  return ageMs === undefined || ageMs > limitMs;
}

type UpStorage = Extract<SagaVitals['storage'], { kind: 'up' }>;

function concernsOf({ summary, unregistered, sinks = [] }: UpStorage, limits: Limits): readonly string[] {
  const { stuck, oldestOpenAgeMs = 0, waitingFor } = summary;
  const { overdue = 0 } = waitingFor;
  const { parked, lagMs } = totalOf(sinks);
  return [
    ...(stuck > 0
      ? [`${count(stuck, 'saga is stuck and waits', 'sagas are stuck and wait')} for an operator`]
      : []),
    ...(overdue > 0
      ? [`${count(overdue, 'saga is', 'sagas are')} overdue: a step that is not undone fails again and again`]
      : []),
    ...(oldestOpenAgeMs > limits.maximumOpenAgeMs
      ? ['the oldest open saga is older than it should ever be']
      : []),
    ...(parked > 0
      ? [
          `${count(parked, 'message was refused and waits', 'messages were refused and wait')} for an operator`,
        ]
      : []),
    ...(lagMs > limits.maximumLagMs ? ['messages wait longer for their sink than they should ever do'] : []),
    ...(limits.expectsEverySaga && unregistered > 0
      ? [
          `${count(unregistered, 'open saga is', 'open sagas are')} of a name or version that is not registered here`,
        ]
      : []),
  ];
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

function totalOf(sinks: readonly SinkSummary[]): Omit<SinkSummary, 'sink'> {
  const sum = (of: (one: SinkSummary) => number): number => sinks.reduce((total, one) => total + of(one), 0);
  return {
    undelivered: sum(({ undelivered }) => undelivered),
    parked: sum(({ parked }) => parked),
    lagMs: Math.round(sinks.reduce((longest, { lagMs }) => Math.max(longest, lagMs), 0)),
  };
}

function countsOf({
  summary,
  unregistered,
  isListening,
  sinks = [],
}: UpStorage): Readonly<Record<string, unknown>> {
  const { pending, running, compensating, waiting, waitingFor, stuck, oldestOpenAgeMs } = summary;
  return {
    pending,
    running,
    compensating,
    waiting,
    ...(waiting === 0 ? {} : { waitingFor }),
    stuck,
    unregistered,
    oldestOpenAgeMs: rounded(oldestOpenAgeMs),
    ...(sinks.length === 0 ? {} : { messages: totalOf(sinks) }),
    ...(isListening === undefined ? {} : { hints: isListening ? 'listening' : 'lost' }),
  };
}

function agesOf({ heartbeatAgeMs, sweep }: WorkerVitals): Readonly<Record<string, unknown>> {
  return {
    heartbeatAgeMs: rounded(heartbeatAgeMs),
    ...(sweep === undefined ? {} : { sweepAgeMs: rounded(sweep.ageMs) }),
  };
}

/** `null` means that there is nothing to measure. JSON would leave out `undefined`. */
function rounded(ageMs: number | undefined): number | null {
  return ageMs === undefined ? null : Math.round(ageMs);
}
