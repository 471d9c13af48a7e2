import type { CancelTimer, Clock } from '../ports/clock.js';
import type { OutboxPosition, SagaOutbox } from '../ports/saga-outbox.js';

const longestDelayMs = 5_000;
const maximumRows = 1_000;

/**
 * Deletes the messages that their sinks have acknowledged, many in one statement and one statement at a time. A message that
 * is not deleted is delivered again, with the same id, so a failed statement is repeated.
 */
export class Acknowledgements {
  private readonly positions: OutboxPosition[] = [];
  private removing: Promise<void> | undefined;
  private isStopped = false;
  private delay: { readonly cancelTimer: CancelTimer; readonly end: () => void } | undefined;

  constructor(
    private readonly outbox: SagaOutbox,
    private readonly clock: Clock,
    private readonly onTrouble: (operation: string, error: unknown) => void,
    private readonly onRemoved: () => void,
  ) {}

  add(positions: readonly OutboxPosition[]): void {
    this.positions.push(...positions);
    this.removing ??= this.removeAll();
  }

  /** Resolves when everything is deleted, or when a statement fails after `stop`. */
  async drained(): Promise<void> {
    await this.removing;
  }

  /** Repeats no failed statement any more. */
  stop(): void {
    this.isStopped = true;
    this.delay?.cancelTimer();
    this.delay?.end();
  }

  private async removeAll(): Promise<void> {
    let delayMs = 50;
    while (this.positions.length > 0) {
      const batch = this.positions.slice(0, maximumRows);
      try {
        await this.outbox.remove(batch);
        this.positions.splice(0, batch.length);
        delayMs = 50;
        this.onRemoved();
      } catch (error) {
        this.onTrouble('outbox.remove', error);
        if (this.isStopped) break;
        await this.sleep(delayMs);
        delayMs = Math.min(delayMs * 2, longestDelayMs);
      }
    }
    this.removing = undefined;
  }

  private sleep(delayMs: number): Promise<void> {
    return new Promise((end) => {
      this.delay = { cancelTimer: this.clock.startTimer(delayMs, end), end };
    });
  }
}
