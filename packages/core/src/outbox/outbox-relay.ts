import type { RequestOutbox } from '../client/request-outbox.js';
import type { PointingSaga } from '../execution/entry-pointers.js';
import type { RecordedEntry } from '../execution/recorded-entry.js';
import type { HeaderChange } from '../journal/header-change.js';
import type { EntryDraft } from '../journal/journal-entry.js';
import { notifyWorker } from '../ports/notify.js';
import type { NewPointer, SagaSubscriber } from '../ports/saga-outbox.js';
import type { WorkerOutbox } from '../worker/worker-outbox.js';
import { Acknowledgements } from './acknowledgements.js';
import { FallenLines } from './fallen-lines.js';
import { Leftovers } from './leftovers.js';
import type { OutboxSink } from './outbox-sink.js';
import type { OutboxRelayDependencies } from './outbox-relay-dependencies.js';
import { SinkChannel } from './sink-channel.js';
import { Subscribers } from './subscribers.js';

/** How a relay works. */
export interface OutboxRelayOptions {
  /** The names of the sinks that take the events of steps. */
  readonly eventSinks: readonly string[];
  /** The handlers of ends of sagas in this process. */
  readonly subscribers: readonly SagaSubscriber[];
  /** Other relays leave a leased message alone for so long, in milliseconds. */
  readonly leaseMs: number;
  /** Between two looks for messages that other processes left, in milliseconds. */
  readonly intervalMs: number;
}

/**
 * Delivers the messages of this process at once, and those that other processes left.
 *
 * A message is published at once, without a read, if this process knows that it is the first of its saga and sink: it
 * started the saga, and has delivered every earlier message itself. Each other message is taken from the storage, which
 * gives only the first one of each saga and sink.
 */
export class OutboxRelay implements WorkerOutbox, RequestOutbox {
  readonly subscribers: Subscribers;
  private readonly relay: string;
  private readonly channels: readonly SinkChannel[];
  private readonly bySink = new Map<string, SinkChannel>();
  private readonly leftovers: Leftovers;
  private readonly acknowledgements: Acknowledgements;
  private readonly fallen = new FallenLines();
  private isOpen = false;

  constructor(
    private readonly dependencies: OutboxRelayDependencies,
    sinks: readonly OutboxSink[],
    private readonly options: OutboxRelayOptions,
  ) {
    const { outbox, clock, ids } = dependencies;
    this.relay = ids.nextId();
    this.subscribers = new Subscribers(outbox);
    const onTrouble = (operation: string, error: unknown): void => this.report(operation, error);
    this.acknowledgements = new Acknowledgements(outbox, clock, onTrouble, () => this.leftovers.lookAgain());
    this.channels = sinks.map((sink) => this.channelTo(sink));
    this.leftovers = new Leftovers(dependencies, this.channels, this.relay, options, onTrouble);
  }

  get takesEvents(): boolean {
    return this.options.eventSinks.length > 0;
  }

  /** Whether this process delivers anything. */
  get delivers(): boolean {
    return this.channels.length > 0;
  }

  /** Prepares the sinks, and begins to deliver. Rejects if a sink would lose messages, or the storage cannot be used. */
  async open(): Promise<void> {
    await Promise.all(this.channels.map(({ sink }) => sink.check()));
    if (this.options.subscribers.length > 0)
      await this.dependencies.outbox.subscribe(this.options.subscribers);
    await this.subscribers.refresh();
    this.isOpen = true;
    this.leftovers.start();
  }

  /** Reads the subscribers again, because a process with another handler may have begun to work. */
  refresh(): void {
    this.subscribers.refresh().catch((error: unknown) => this.report('outbox.listSubscribers', error));
  }

  async refreshed(): Promise<void> {
    await this.subscribers.refresh();
  }

  /** There may be messages that no process has leased. */
  lookSoon(): void {
    this.leftovers.lookSoon();
  }

  of(
    { sagaId, saga }: PointingSaga,
    claimSeq: number | undefined,
    entry: EntryDraft,
    change: HeaderChange | undefined,
  ): readonly NewPointer[] | undefined {
    const endSinks = change === undefined ? noSinks : this.subscribers.sinksOf(saga, change.status);
    const eventSinks = 'events' in entry && entry.events !== undefined ? this.options.eventSinks : noSinks;
    // hot path: nearly every entry ends here.
    if (endSinks.length + eventSinks.length === 0) return undefined;
    return [...eventSinks, ...endSinks].map((sink) =>
      this.mayPublish(sagaId, sink, claimSeq)
        ? { sink, lease: { relay: this.relay, durationMs: this.options.leaseMs } }
        : { sink },
    );
  }

  /** An entry is durable: its messages are delivered. */
  recorded({ header, entry, pointers }: RecordedEntry): void {
    if (pointers === undefined) return;
    const { sagaId } = header;
    const leasedUntil = this.dependencies.clock.monotonicNow() + this.options.leaseMs;
    let isLeft = false;
    for (const { sink, lease } of pointers) {
      const position = { sagaId, seq: entry.seq, sink };
      const isMine = lease?.relay === this.relay;
      if (isMine && !this.fallen.has(position)) {
        const item = { ...position, attempts: 0, header, entry, leasedUntil };
        this.dependencies.surroundings.run(() => this.bySink.get(sink)?.add([item]));
        continue;
      }
      isLeft = true;
      this.fallen.add(position);
      // It was leased before an earlier one failed, and has to wait for that one.
      if (isMine) this.postpone([{ ...position, isFailure: false, delayMs: 0, parked: false }]);
    }
    if (isLeft) this.lookSoon();
  }

  /** This process does not run the saga any more. */
  left(sagaId: string): void {
    this.fallen.forget(sagaId);
  }

  /** Delivers what is leased, for a limited time, and returns the rest to the other relays. */
  async close(timeoutMs: number): Promise<void> {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.leftovers.stop();
    const { clock } = this.dependencies;
    const deadline = clock.monotonicNow() + timeoutMs;
    while (this.channels.some(({ isIdle }) => !isIdle) && clock.monotonicNow() < deadline)
      await new Promise<void>((resolve) => {
        clock.startTimer(10, resolve);
      });
    for (const channel of this.channels) channel.release();
    this.acknowledgements.stop();
    await this.acknowledgements.drained();
    await Promise.all(
      this.channels.map(({ sink }) =>
        sink.close().catch((error: unknown) => this.report('sink.close', error)),
      ),
    );
  }

  private channelTo(sink: OutboxSink): SinkChannel {
    const { clock, ids, listener } = this.dependencies;
    const channel = new SinkChannel(sink, clock, ids, {
      acknowledged: (positions) => this.acknowledgements.add(positions),
      postpone: (requests) => this.postpone(requests),
      fellBack: (item) => {
        if (this.dependencies.isRunning(item.sagaId)) this.fallen.add(item);
      },
      onFailed: (failed) => notifyWorker(listener, { type: 'message-failed', ...failed }),
      onUnavailable: (error) => notifyWorker(listener, { type: 'sink-failed', sinks: sink.names, error }),
      onRoom: () => this.leftovers.lookAgain(),
    });
    for (const name of sink.names) this.bySink.set(name, channel);
    return channel;
  }

  private mayPublish(sagaId: string, sink: string, claimSeq: number | undefined): boolean {
    // After a claim an earlier owner may have left a message. A queued saga has none before its first claim.
    if (!this.isOpen || claimSeq === undefined || claimSeq > 1) return false;
    return !this.fallen.has({ sagaId, sink }) && (this.bySink.get(sink)?.room ?? 0) > 0;
  }

  private postpone(requests: Parameters<ConstructorParameters<typeof SinkChannel>[3]['postpone']>[0]): void {
    const { relay } = this;
    this.dependencies.outbox.postpone(requests.map((request) => ({ ...request, relay }))).then(
      () => this.leftovers.lookAgain(),
      // Their leases end, and a relay takes them then.
      (error: unknown) => this.report('outbox.postpone', error),
    );
  }

  private report(operation: string, error: unknown): void {
    notifyWorker(this.dependencies.listener, { type: 'storage-failed', operation, sagaId: undefined, error });
  }
}

const noSinks: readonly string[] = [];
