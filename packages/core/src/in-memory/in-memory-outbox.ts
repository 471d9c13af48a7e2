import type { JournalEntry } from '../journal/journal-entry.js';
import type { SagaHeader } from '../journal/saga-header.js';
import type { Clock } from '../ports/clock.js';
import { checkListLimit } from '../ports/list-limit.js';
import { decodeOutboxCursor, encodeOutboxCursor } from '../ports/outbox-cursor.js';
import { sinkOfSubscriber } from '../ports/saga-outbox.js';
import type {
  NewPointer,
  OutboxAct,
  OutboxListQuery,
  OutboxMessage,
  OutboxPage,
  OutboxPosition,
  PostponeRequest,
  SagaOutbox,
  SagaSubscriber,
  SinkSummary,
  StoredSubscriber,
  TakeRequest,
  TakenMessage,
} from '../ports/saga-outbox.js';
import { toEntry } from './stored-saga.js';
import type { StoredSaga } from './stored-saga.js';
import { headingOf, newsOf } from './stored-values.js';

interface Pointer extends OutboxPosition {
  nextTryAt: number;
  attempts: number;
  relay: string | undefined;
  parked: boolean;
}

/** The messages of the sagas in memory that are still to be delivered. */
export class InMemoryOutbox implements SagaOutbox {
  /** The pointers of each saga and sink, in the order of their entries. */
  private readonly queues = new Map<string, Pointer[]>();
  private readonly known = new Map<string, StoredSubscriber>();
  /** What people did, in order. */
  readonly audit: (OutboxPosition & OutboxAct & { readonly action: string; readonly at: Date })[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly sagaOf: (sagaId: string) => StoredSaga | undefined,
  ) {}

  /** Adds the pointers of an entry that is being stored. */
  add(sagaId: string, seq: number, pointers: readonly NewPointer[], now: number): void {
    for (const { sink, lease } of pointers) {
      const pointer = {
        sagaId,
        seq,
        sink,
        nextTryAt: now + (lease?.durationMs ?? 0),
        attempts: 0,
        relay: lease?.relay,
        parked: false,
      };
      const queue = this.queues.get(queueOf(pointer));
      if (queue === undefined) this.queues.set(queueOf(pointer), [pointer]);
      else queue.push(pointer);
    }
  }

  /** Whether a message of this saga is still to be delivered. */
  has(sagaId: string): boolean {
    return [...this.queues.values()].some(([first]) => first?.sagaId === sagaId);
  }

  async take(request: TakeRequest): Promise<readonly TakenMessage[]> {
    const now = this.clock.now();
    return [...this.queues.values()]
      .flatMap((queue) => headOf(queue, request.skipsParked) ?? [])
      .filter(({ sink, nextTryAt }) => nextTryAt <= now && request.sinks.includes(sink))
      .filter(({ sagaId }) => isAmong(request.sagas, this.sagaOf(sagaId)?.header))
      .toSorted((one, other) => one.nextTryAt - other.nextTryAt)
      .slice(0, request.limit)
      .flatMap((pointer) => this.lease(pointer, request, now));
  }

  async remove(positions: readonly OutboxPosition[]): Promise<void> {
    for (const position of positions) this.delete(position);
  }

  async postpone(requests: readonly PostponeRequest[]): Promise<void> {
    const now = this.clock.now();
    for (const request of requests) {
      const pointer = this.find(request);
      if (pointer === undefined || pointer.relay !== request.relay) continue;
      pointer.relay = undefined;
      pointer.attempts += request.isFailure ? 1 : 0;
      pointer.parked = request.parked;
      pointer.nextTryAt = now + request.delayMs;
    }
  }

  async list(query: OutboxListQuery): Promise<OutboxPage> {
    const limit = checkListLimit(query.limit);
    const after = query.cursor === undefined ? undefined : decodeOutboxCursor(query.cursor);
    const found = [...this.queues.values()]
      .flat()
      .filter(({ parked }) => query.parked === undefined || query.parked === parked)
      .filter(({ sink }) => query.sink === undefined || query.sink === sink)
      .filter(({ sagaId }) => query.sagaId === undefined || query.sagaId === sagaId)
      .filter((pointer) => after === undefined || compare(pointer, after) > 0)
      .toSorted(compare);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      messages: page.map((pointer) => this.toMessage(pointer)),
      nextCursor: last !== undefined && found.length > page.length ? encodeOutboxCursor(last) : undefined,
    };
  }

  async summarize(): Promise<readonly SinkSummary[]> {
    const sinks = new Map<string, Pointer[]>();
    for (const pointer of [...this.queues.values()].flat())
      sinks.set(pointer.sink, [...(sinks.get(pointer.sink) ?? []), pointer]);
    const now = this.clock.now();
    return [...sinks]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([sink, pointers]) => {
        const undelivered = pointers.filter(({ parked }) => !parked);
        const ages = undelivered.map((pointer) => now - (this.entryOf(pointer)?.recordedAt.getTime() ?? now));
        const parked = pointers.length - undelivered.length;
        return { sink, undelivered: undelivered.length, parked, lagMs: Math.max(0, ...ages) };
      });
  }

  async redeliver(position: OutboxPosition, act: OutboxAct): Promise<boolean> {
    const pointer = this.find(position);
    if (pointer === undefined) return false;
    Object.assign(pointer, {
      relay: undefined,
      attempts: 0,
      parked: false,
      nextTryAt: this.clock.now(),
    } satisfies Partial<Pointer>);
    this.keepAudit('redeliver', position, act);
    return true;
  }

  async discard(position: OutboxPosition, act: OutboxAct): Promise<boolean> {
    if (!this.delete(position)) return false;
    this.keepAudit('discard', position, act);
    return true;
  }

  async subscribe(subscribers: readonly SagaSubscriber[]): Promise<void> {
    const seenAt = new Date(this.clock.now());
    for (const { name, saga, ending } of subscribers) this.known.set(name, { name, saga, ending, seenAt });
  }

  async listSubscribers(): Promise<readonly StoredSubscriber[]> {
    return [...this.known.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1));
  }

  async forgetSubscriber(name: string): Promise<boolean> {
    const isKnown = this.known.delete(name);
    for (const [key, [first]] of this.queues)
      if (first?.sink === sinkOfSubscriber(name)) this.queues.delete(key);
    return isKnown;
  }

  private lease(pointer: Pointer, { relay, leaseMs }: TakeRequest, now: number): readonly TakenMessage[] {
    const stored = this.sagaOf(pointer.sagaId);
    if (stored === undefined) return [];
    pointer.relay = relay;
    pointer.nextTryAt = now + leaseMs;
    const { sagaId, seq, sink, attempts } = pointer;
    const written = stored.written[seq - 1];
    const entry = written && newsOf(written);
    return [{ sagaId, seq, sink, attempts, header: headingOf(stored.header), entry }];
  }

  private find(position: OutboxPosition): Pointer | undefined {
    return this.queues.get(queueOf(position))?.find(({ seq }) => seq === position.seq);
  }

  private delete(position: OutboxPosition): boolean {
    const key = queueOf(position);
    const queue = this.queues.get(key) ?? [];
    const left = queue.filter(({ seq }) => seq !== position.seq);
    if (left.length === 0) this.queues.delete(key);
    else this.queues.set(key, left);
    return left.length < queue.length;
  }

  private entryOf({ sagaId, seq }: OutboxPosition): JournalEntry | undefined {
    const written = this.sagaOf(sagaId)?.written[seq - 1];
    return written && toEntry(written);
  }

  private toMessage({ sagaId, seq, sink, attempts, parked, nextTryAt }: Pointer): OutboxMessage {
    const saga = this.sagaOf(sagaId)?.header.saga ?? '';
    return { sagaId, seq, sink, saga, attempts, parked, nextTryAt: new Date(nextTryAt) };
  }

  private keepAudit(action: string, { sagaId, seq, sink }: OutboxPosition, act: OutboxAct): void {
    this.audit.push({ sagaId, seq, sink, ...act, action, at: new Date(this.clock.now()) });
  }
}

function queueOf({ sagaId, sink }: OutboxPosition): string {
  return `${sagaId} ${sink}`;
}

/** The pointer whose message is next; undefined if a parked one holds the others. */
function headOf(queue: readonly Pointer[], skipsParked: boolean): Pointer | undefined {
  const head = skipsParked ? queue.find(({ parked }) => !parked) : queue[0];
  return head?.parked === true ? undefined : head;
}

function isAmong(sagas: readonly string[] | undefined, header: SagaHeader | undefined): boolean {
  return sagas === undefined || (header !== undefined && sagas.includes(header.saga));
}

function compare(one: OutboxPosition, other: OutboxPosition): number {
  if (one.sagaId !== other.sagaId) return one.sagaId < other.sagaId ? -1 : 1;
  if (one.seq !== other.seq) return one.seq - other.seq;
  return one.sink === other.sink ? 0 : one.sink < other.sink ? -1 : 1;
}
