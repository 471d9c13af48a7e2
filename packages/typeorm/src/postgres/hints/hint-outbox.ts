import { noSurroundings } from '@nest-saga/core/storage-kit';
import type { Surroundings } from '@nest-saga/core/storage-kit';
import { maximumSagaIds } from './hint-message.js';
import type { HintMessage } from './hint-message.js';

/** How long entries of running sagas gather before they are told, in milliseconds. */
const gatherMs = 50;

/**
 * Gathers what is to be told to the other processes. What somebody waits for goes out at once; the progress of running
 * sagas goes out a few times a second at most, and not at all where there is so much of it that only polling keeps up.
 */
export class HintOutbox {
  private isWork = false;
  private readonly urgent = new Set<string>();
  private readonly progress = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private immediate: NodeJS.Immediate | undefined;

  /** @param runShared Where the messages are sent, whoever's news comes first. */
  constructor(
    private readonly send: (message: HintMessage) => void,
    private readonly runShared: Surroundings['run'] = noSurroundings.run,
  ) {}

  /** There may be something to claim. */
  work(): void {
    this.isWork = true;
    this.flushSoon();
  }

  /** Somebody asked something of a saga, and its owner should know. */
  requested(sagaId: string): void {
    this.urgent.add(sagaId);
    this.flushSoon();
  }

  /** A running saga's journal grew. */
  progressed(sagaId: string): void {
    if (this.progress.size <= maximumSagaIds) this.progress.add(sagaId);
    this.timer ??= this.runShared(() => setTimeout(() => this.flush(), gatherMs).unref());
  }

  /** Drops what has not been sent. */
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
