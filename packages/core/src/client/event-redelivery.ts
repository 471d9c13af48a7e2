import type { SagaRegistry } from '../definition/saga-registry.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { recordError } from '../errors/recorded-error.js';
import type { RecordedError } from '../errors/recorded-error.js';
import { SagaNotFoundError } from '../errors/saga-not-found-error.js';
import { SagaNotRegisteredError } from '../errors/saga-not-registered-error.js';
import { maximumSeq } from '../ports/maximum-seq.js';
import type { SagaStorage } from '../ports/saga-storage.js';
import type { SagaWorker } from '../worker/saga-worker.js';
import { checkSagaId } from './start-options.js';

/** A handler that failed to handle an event that was delivered again. */
export interface FailedRedelivery {
  /** The index of the event among those of its entry, from 0. */
  readonly index: number;
  readonly handler: string;
  readonly error: RecordedError;
}

/** Delivers the events of an entry again, from the journal: for operators, after a handler was given up. */
export class EventRedelivery {
  constructor(
    private readonly storage: SagaStorage,
    private readonly registry: SagaRegistry,
    private readonly worker: SagaWorker,
  ) {}

  /**
   * Delivers the events of the entry at `seq` to all handlers of this process, whatever the status of the saga, and writes
   * nothing. Resolves with the handlers that failed in all their attempts.
   *
   * @throws InvalidArgumentError, SagaNotFoundError, SagaNotRegisteredError
   */
  async redeliver(sagaId: string, seq: number): Promise<readonly FailedRedelivery[]> {
    const id = checkSagaId(sagaId);
    const isSeq = Number.isInteger(seq) && seq > 0 && seq <= maximumSeq;
    // Only the entry itself is needed, and it is the first one that is read.
    const loaded = await this.storage.load(id, isSeq ? seq - 1 : maximumSeq);
    if (loaded === undefined) throw new SagaNotFoundError(sagaId);
    const { header, entries } = loaded;
    const definition = this.registry.findFor(header);
    if (definition === undefined) {
      const known = this.registry.identities.map(({ saga, version }) => `${saga} version ${version}`);
      throw new SagaNotRegisteredError(
        `"${header.saga}" version ${header.version}`,
        known,
        'Ask a process that has this saga',
      );
    }
    const entry = entries.find((one) => one.seq === seq);
    if (entry === undefined || !('events' in entry) || entry.events === undefined)
      throw new InvalidArgumentError('seq', 'pass the seq of an entry with events');
    const isOver = (): boolean => this.worker.isStopping;
    const isGivenUp = (): boolean => false;
    const delivered = { definition, header, entry, classes: undefined, isGivenUp, isOver };
    const failed = (await this.worker.deliveries?.deliver(delivered)) ?? [];
    return failed.map((one) => ({ ...one, error: recordError(one.error) }));
  }
}
