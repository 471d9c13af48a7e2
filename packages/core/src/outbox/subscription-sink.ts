import { toOutcome } from '../client/saga-outcome.js';
import type { SagaOutcome } from '../client/saga-outcome.js';
import { undefinedSaga } from '../client/undefined-saga.js';
import { placedCodec } from '../definition/placed-definition.js';
import type { SagaRegistry } from '../definition/saga-registry.js';
import { foldJournal } from '../journal/fold-journal.js';
import type { Clock } from '../ports/clock.js';
import { loadJournal } from '../ports/load-journal.js';
import { sinkOfSubscriber } from '../ports/saga-outbox.js';
import type { SagaStorage } from '../ports/saga-storage.js';
import type { SagaSubscription } from '../ports/saga-subscription.js';
import type { Surroundings } from '../ports/surroundings.js';
import type { OutboxItem } from './outbox-item.js';
import type { OutboxSink } from './outbox-sink.js';
import { withinTime } from './within-time.js';

/** Calls the handlers of this process for the ends of sagas, with what the journal says about each end. */
export class SubscriptionSink implements OutboxSink {
  readonly sagas = undefined;
  /** An end that a handler cannot handle must not keep the others from knowing theirs. */
  readonly skipsParked = true;
  /** Each handler has its own call: a slow one delays no other one. */
  readonly batchSize = 1;
  private readonly bySink: ReadonlyMap<string, SagaSubscription>;

  constructor(
    subscriptions: readonly SagaSubscription[],
    private readonly storage: SagaStorage,
    private readonly registry: SagaRegistry,
    private readonly clock: Clock,
    private readonly surroundings: Surroundings,
    private readonly timeoutMs: number,
    readonly concurrency: number,
  ) {
    this.bySink = new Map(subscriptions.map((one) => [sinkOfSubscriber(one.name), one]));
  }

  get names(): readonly string[] {
    return [...this.bySink.keys()];
  }

  async check(): Promise<void> {}

  async close(): Promise<void> {}

  async deliver(items: readonly OutboxItem[]): Promise<readonly unknown[]> {
    return Promise.all(items.map((item) => this.handle(item)));
  }

  /** Rejects if the journal cannot be read at the moment. */
  private async handle(item: OutboxItem): Promise<unknown> {
    const subscription = this.bySink.get(item.sink);
    if (subscription === undefined)
      return new TypeError(`there is no handler "${item.sink}" in this process`);
    const loaded = await loadJournal(this.storage, item.sagaId);
    try {
      if (loaded === undefined) throw new TypeError('the saga is not stored any more');
      const outcome = this.outcomeOf(item, loaded);
      const { sagaId, seq, attempts } = item;
      const delivery = { id: `${sagaId}:${seq}`, seq, subscriber: subscription.name, attempt: attempts + 1 };
      await withinTime(this.clock, this.timeoutMs, `the handler "${subscription.name}"`, () =>
        this.surroundings.run(() => subscription.handle(outcome, delivery)),
      );
      return undefined;
    } catch (error) {
      return error ?? new Error('the handler threw nothing');
    }
  }

  // As of the entry: a saga that was stuck may have continued since.
  private outcomeOf({ seq }: OutboxItem, { header, entries }: Loaded): SagaOutcome {
    const upToEnd = entries.filter((entry) => entry.seq <= seq);
    const state = foldJournal(header, upToEnd);
    const { status, failure, stuck } = state;
    const { sagaId, saga } = header;
    const definition =
      this.registry.findFor(header) ?? undefinedSaga(header, placedCodec(this.registry.defaultCodec, header));
    return toOutcome(definition, { sagaId, saga, status, failure, stuck }, state);
  }
}

type Loaded = NonNullable<Awaited<ReturnType<typeof loadJournal>>>;
