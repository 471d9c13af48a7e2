import type { SagaRetentionOptions } from '../options/retention-options.js';
import type { CancelTimer, Clock } from '../ports/clock.js';
import type { IdGenerator } from '../ports/id-generator.js';
import { notifyWorker } from '../ports/notify.js';
import type { EndedStatus } from '../ports/purge.js';
import type { SagaListener } from '../ports/saga-listener.js';
import type { ArchiveSagas, SagaPurger } from './saga-purger.js';

/** Between two sweeps, in milliseconds; varied by a fifth, so that processes do not sweep in step. */
const intervalMs = 60_000;

/** Deletes sagas that ended long enough ago, again and again. A failed sweep is reported, and the next one follows. */
export class RetentionSweep {
  private cancelTimer: CancelTimer | undefined;
  private isStopped = true;
  private current: Promise<void> = Promise.resolve();

  constructor(
    private readonly purger: SagaPurger,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
    private readonly options: SagaRetentionOptions,
    private readonly listener: SagaListener | undefined,
  ) {}

  /** Begins, if a time is set for a status. */
  start(): void {
    const { completedMs, failedMs } = this.options;
    if (completedMs === undefined && failedMs === undefined) return;
    this.isStopped = false;
    this.schedule();
  }

  /** Resolves when nothing is being deleted any more. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.cancelTimer?.();
    await this.current;
  }

  private schedule(): void {
    if (this.isStopped) return;
    const delayMs = intervalMs * (0.8 + 0.4 * this.ids.random());
    this.cancelTimer = this.clock.startTimer(delayMs, () => {
      this.current = this.sweep();
    });
  }

  private async sweep(): Promise<void> {
    const { completedMs, failedMs } = this.options;
    try {
      await this.purge('completed', completedMs);
      await this.purge('failed', failedMs);
    } catch (error) {
      notifyWorker(this.listener, { type: 'sweep-failed', error });
    }
    this.schedule();
  }

  private async purge(status: EndedStatus, afterMs: number | undefined): Promise<void> {
    if (afterMs === undefined || this.isStopped) return;
    await this.purger.purge({
      statuses: [status],
      endedBefore: new Date(this.clock.now() - afterMs),
      archive: this.options.onArchive as ArchiveSagas | undefined,
      mayContinue: () => !this.isStopped,
    });
  }
}
