import { Injectable } from '@nestjs/common';
import { bindSurroundings } from '../node/bind-surroundings.js';
import { ProcessKeeper } from '../node/process-keeper.js';

/**
 * All callers in this process that wait for a saga. At a shutdown they are notified. As long as there is one, the
 * process is kept alive: the engine's own timers do not do that.
 */
@Injectable()
export class LiveWatches {
  private readonly endings = new Set<Ending>();
  private isOver = false;

  constructor(private readonly keeper: ProcessKeeper) {}

  /** Whether the shutdown has ended all watches; new ones are refused. */
  get isEnded(): boolean {
    return this.isOver;
  }

  /** The number of open watches. */
  get size(): number {
    return this.endings.size;
  }

  /**
   * @param onShutdown Called once if the process shuts down first, with the caller's `AsyncLocalStorage` stores.
   * @returns The function to call when the wait is over.
   */
  add(onShutdown: () => void): () => void {
    const ending: Ending = { notify: bindSurroundings(onShutdown), release: this.keeper.hold() };
    this.endings.add(ending);
    return () => this.remove(ending);
  }

  /** Ends all watches for good. */
  endAll(): void {
    this.isOver = true;
    for (const ending of this.endings) {
      const { notify } = ending;
      this.remove(ending);
      notify?.();
    }
  }

  private remove(ending: Ending): void {
    this.endings.delete(ending);
    ending.notify = undefined;
    ending.release();
  }
}

/** Emptied when it is over: the tables of a set keep removed values for a while after they have grown. */
interface Ending {
  notify: (() => void) | undefined;
  readonly release: () => void;
}
