import { noSurroundings } from '@nest-saga/core/storage-kit';
import type { Surroundings } from '@nest-saga/core/storage-kit';
import { maximumSagaIds } from './hint-message.js';
import type { HintMessage } from './hint-message.js';

/** How long entries of running sagas are gathered before a hint is sent, in milliseconds. */
const gatherMs = 50;

/**
 * Gathers the hints for the other processes. Requests and new work are sent at once. The progress of running sagas is
 * sent a few times a second at most, and not at all if polling costs less.
 */
export class HintOutbox {
  private isWork = false;
  private readonly urgent = new Set<string>();
  private readonly progress = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private immediate: NodeJS.Immediate | undefined;

  /** @param runShared Runs the sending, whatever caller's hint comes first. */
  constructor(
    private readonly send: (message: HintMessage) => void,
    private readonly runShared: Surroundings['run'] = noSurroundings.run,
  ) {}

  /** Hints that there may be a saga to claim. */
  work(): void {
    this.isWork = true;
    this.flushSoon();
  }

  /** Hints that a request was made for a saga, which its owner should read. */
  requested(sagaId: string): void {
    this.urgent.add(sagaId);
    this.flushSoon();
  }

  /** Hints that the journal of a running saga grew. */
  progressed(sagaId: string): void {
    if (this.progress.size <= maximumSagaIds) this.progress.add(sagaId);
    this.timer ??= this.runShared(() => setTimeout(() => this.flush(), gatherMs).unref());
  }

  /** Drops the hints that have not been sent. */
  close(): void {
    clearTimeout(this.timer);
    clearImmediate(this.immediate);
  }

  private flushSoon(): void {
    this.immediate ??= this.runShared(() => setImmediate(() => this.flush()));
  }

  private flush(): void {
    this.close();
    this.timer = undefined;
    this.immediate = undefined;
    const progress = this.progress.size > maximumSagaIds ? [] : [...this.progress];
    const sagaIds = [...new Set([...this.urgent, ...progress])];
    const { isWork } = this;
    this.isWork = false;
    this.urgent.clear();
    this.progress.clear();
    const isAnything = isWork || sagaIds.length > 0;
    if (isAnything) this.send({ presence: undefined, isWork, sagaIds: sagaIds.slice(0, maximumSagaIds) });
    for (let from = maximumSagaIds; from < sagaIds.length; from += maximumSagaIds)
      this.send({ presence: undefined, isWork: false, sagaIds: sagaIds.slice(from, from + maximumSagaIds) });
  }
}
