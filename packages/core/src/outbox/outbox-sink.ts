import type { OutboxItem } from './outbox-item.js';

/** A target of messages, as a channel sees it: a broker, or the handlers of ends of sagas in this process. */
export interface OutboxSink {
  /** The names under which its messages are stored. */
  readonly names: readonly string[];
  /** Only messages of sagas with these names; undefined: of all. */
  readonly sagas: readonly string[] | undefined;
  /** Whether a parked message lets the later ones of its saga pass. */
  readonly skipsParked: boolean;
  /** The most messages of one call. */
  readonly batchSize: number;
  /** The most calls at once. */
  readonly concurrency: number;
  /**
   * Delivers messages of different sagas. Resolves with one item for each: undefined if it was acknowledged, or its error.
   * Rejects if no message can be delivered at the moment.
   */
  deliver(items: readonly OutboxItem[]): Promise<readonly unknown[]>;
  /** Prepares it. Rejects if its messages would be lost. */
  check(): Promise<void>;
  close(): Promise<void>;
}
