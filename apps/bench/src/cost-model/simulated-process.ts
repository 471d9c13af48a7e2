import type { Cores } from './cores.js';
import type { EventQueue } from './event-queue.js';
import type { LogDevice } from './log-device.js';
import type { SagaCosts } from './saga-costs.js';

/** The environment of a simulated process. */
export interface ProcessSurroundings {
  readonly queue: EventQueue;
  readonly costs: SagaCosts;
  readonly clientCores: Cores;
  readonly serverCores: Cores;
  readonly log: LogDevice;
  /** The maximum number of statements in flight of one process, and the maximum number of rows in one. */
  readonly maximumInFlight: number;
  readonly rowsInStatement: number;
  /** Fewer rows than this are not split into two statements. */
  readonly minimumSplitRows: number;
  readonly writes: number;
  onEnded(startedAt: number): void;
}

interface Saga {
  startedAt: number;
  written: number;
}

/**
 * One process of the engine: a single thread that runs steps and sends grouped statements. After an answer, its sagas
 * run their next step. Waiting rows are split among the statements that may be sent. A saga that has ended is followed
 * by a new one.
 */
export class SimulatedProcess {
  private waiting: Saga[] = [];
  private readonly answers: (readonly Saga[])[] = [];
  private inFlight = 0;
  private isAtWork = false;

  constructor(
    private readonly surroundings: ProcessSurroundings,
    sagas: number,
  ) {
    this.waiting = Array.from({ length: sagas }, () => ({ startedAt: 0, written: 0 }));
  }

  /** Starts the next piece of work, if the thread is free and there is one. */
  work(): void {
    if (this.isAtWork) return;
    const answer = this.answers.shift();
    if (answer !== undefined) return this.takeSteps(answer);
    if (this.inFlight < this.surroundings.maximumInFlight && this.waiting.length > 0) this.send();
  }

  private takeSteps(sagas: readonly Saga[]): void {
    const { costs, queue, writes, onEnded } = this.surroundings;
    this.onThread(sagas.length * costs.clientRowMs, () => {
      for (const saga of sagas) {
        saga.written += 1;
        if (saga.written === writes) {
          onEnded(saga.startedAt);
          saga.startedAt = queue.now;
          saga.written = 0;
        }
        this.waiting.push(saga);
      }
    });
  }

  private send(): void {
    const { costs, serverCores, log } = this.surroundings;
    const group = this.waiting.splice(0, this.fairShare());
    this.inFlight += 1;
    this.onThread(costs.clientStatementMs, () => {
      const serverMs = costs.serverStatementMs + group.length * costs.serverRowMs;
      serverCores.run(serverMs, () =>
        log.flush(() => {
          this.inFlight -= 1;
          this.answers.push(group);
          this.work();
        }),
      );
    });
  }

  private fairShare(): number {
    const { maximumInFlight, rowsInStatement, minimumSplitRows } = this.surroundings;
    const share = Math.ceil(this.waiting.length / (maximumInFlight - this.inFlight));
    return Math.min(Math.max(share, minimumSplitRows), rowsInStatement);
  }

  private onThread(duration: number, done: () => void): void {
    this.isAtWork = true;
    this.surroundings.clientCores.run(duration, () => {
      this.isAtWork = false;
      done();
      this.work();
    });
  }
}
