import type { AppendRequest, AppendResult, SagaStorage } from '@nest-saga/core';
import type { MessageSink, SagaMessage } from '@nest-saga/core/engine';
import {
  FakeSink,
  InterceptedStorage,
  emits,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
} from '@nest-saga/testing';
import type { StorageMethod } from '@nest-saga/testing';

/** The call at which the first process is killed, before the call happens or after it, unanswered. */
export interface CrashPoint {
  readonly call: number;
  readonly part: 'before' | 'after';
}

/** A mistake that is put into the first process. */
export type Mistake = 'pointer deleted before the ack' | 'only the runner notifies' | undefined;

/** What came out of one run. */
export interface CrashRun {
  /** The number of calls at which the process could be killed. */
  readonly calls: number;
  readonly faults: readonly string[];
  /** How many messages came several times. */
  readonly repeated: number;
}

/** Few timers, so that time passes quickly. */
const slow = {
  watchIntervalMs: 600_000,
  recovery: { intervalMs: 20_000 },
  lease: { renewalIntervalMs: 20_000, leaseDurationMs: 60_000 },
};
const never = new Promise<never>(() => undefined);
const counted: ReadonlySet<StorageMethod> = new Set([
  'append',
  'outbox.take',
  'outbox.remove',
  'outbox.postpone',
]);

/** Counts the calls of a process, and kills it at one of them. */
class Crashes {
  calls = 0;
  /** Only while the sagas run: a process that is killed while it starts has done nothing. */
  isCounting = false;
  crash: () => void = () => undefined;

  constructor(private readonly point: CrashPoint | undefined) {}

  async around<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    if (!this.isCounting) return call();
    this.calls++;
    const isHere = this.calls === this.point?.call;
    if (isHere && this.point.part === 'before') return this.die();
    const answer = await call();
    return isHere ? this.die() : answer;
  }

  private die(): Promise<never> {
    this.crash();
    return never;
  }
}

class CrashingStorage extends InterceptedStorage {
  constructor(
    inner: SagaStorage,
    private readonly crashes: Crashes,
    private readonly onEnd: ((sagaId: string) => void) | undefined,
  ) {
    super(inner);
  }

  /** With `onEnd` the runner calls the handlers itself, and stores no message for them. */
  override async append(request: AppendRequest): Promise<AppendResult> {
    if (this.onEnd === undefined) return super.append(request);
    const { pointers = [], ...rest } = request;
    const others = pointers.filter(({ sink }) => !sink.startsWith('on:'));
    const result = await super.append(others.length === 0 ? rest : { ...rest, pointers: others });
    if (others.length < pointers.length) this.onEnd(request.sagaId);
    return result;
  }

  protected around<Answer>(method: StorageMethod, call: () => Promise<Answer>): Promise<Answer> {
    return counted.has(method) ? this.crashes.around(call) : call();
  }
}

/** Two sagas of two events run in a process that is killed; another process with the same broker and handler continues. */
export async function crashRun(point: CrashPoint | undefined, mistake?: Mistake): Promise<CrashRun> {
  const saga = scriptedSaga('order', [
    new ScriptedStep('reserve', { act: [emits('reserved')] }),
    new ScriptedStep('charge', { act: [emits('charged')] }),
  ]);
  const cluster = new SimulatedCluster([saga]);
  const broker = new FakeSink();
  const crashes = new Crashes(point);
  const handled: string[] = [];
  const subscription = (alive: () => boolean) => ({
    name: 'thanks',
    saga: undefined,
    ending: 'completed' as const,
    handle: ({ sagaId }: { readonly sagaId: string }) => (alive() ? void handled.push(sagaId) : never),
  });
  let isAlive = true;
  const sink: MessageSink = {
    name: 'broker',
    check: () => Promise.resolve(),
    async publish(messages: readonly SagaMessage[]) {
      if (mistake === 'pointer deleted before the ack')
        await cluster.memory.outbox.remove(
          messages.map(({ sagaId, seq }) => ({ sagaId, seq, sink: 'broker' })),
        );
      return crashes.around(() => broker.publish(messages));
    },
  };
  const onEnd =
    mistake === 'only the runner notifies'
      ? (sagaId: string) => void (isAlive && handled.push(sagaId))
      : undefined;
  const first = cluster.createProcess({
    storage: new CrashingStorage(cluster.memory, crashes, onEnd),
    ...slow,
    events: { sinks: [sink], relayIntervalMs: 20_000 },
    subscriptions: [subscription(() => isAlive)],
  });
  crashes.crash = () => {
    isAlive = false;
    first.kill();
  };
  await first.engine.open();
  await cluster.advance(0);
  crashes.isCounting = true;
  const ids = [first.ids.nextId(), first.ids.nextId()];
  for (const sagaId of ids) void first.start({}, { sagaId });
  await cluster.advance(0);
  crashes.isCounting = false;
  await cluster.startProcess({
    ...slow,
    events: { sinks: [broker], relayIntervalMs: 20_000 },
    subscriptions: [subscription(() => true)],
  });
  await cluster.advance(240_000);
  return { calls: crashes.calls, ...(await judge(cluster, ids, broker, handled)) };
}

async function judge(
  cluster: SimulatedCluster,
  ids: readonly string[],
  broker: FakeSink,
  handled: readonly string[],
): Promise<Omit<CrashRun, 'calls'>> {
  const faults: string[] = [];
  const seen = [...new Set(broker.ids)];
  for (const sagaId of ids) {
    const { header, entries } = await cluster.load(sagaId);
    if (header.status !== 'completed') faults.push('not-ended');
    const expected = entries.filter((entry) => 'events' in entry).map(({ seq }) => `${sagaId}:${seq}:0`);
    const got = seen.filter((id) => id.startsWith(sagaId));
    if (expected.some((id) => !got.includes(id))) faults.push('message-lost');
    else if (got.join() !== expected.join()) faults.push('message-order');
    if (!handled.includes(sagaId)) faults.push('end-not-handled');
  }
  const { messages } = await cluster.memory.outbox.list({ limit: 10 });
  if (messages.length > 0) faults.push('message-left');
  return { faults, repeated: broker.messages.length - seen.length };
}
