import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { ProcessKeeper } from '../node/process-keeper.js';

/**
 * Everyone in this process who waits for a saga right now. They are all told when the process shuts down, and while
 * there is one the process is kept alive: the engine's own timers do not do that.
 */
@Injectable()
export class LiveWatches {
  private readonly endings = new Set<Ending>();
  private isOver = false;

  constructor(private readonly keeper: ProcessKeeper) {}

  /** Whether the shutdown has ended them all; nobody can follow any more. */
  get isEnded(): boolean {
    return this.isOver;
  }

  /** How many wait at the moment. */
  get size(): number {
    return this.endings.size;
  }

  /**
   * @param onShutdown Called once where the process shuts down first, with the caller's `AsyncLocalStorage` stores.
   * @returns What to call when the waiting is over.
   */
  add(onShutdown: () => void): () => void {
    const ending: Ending = { tell: AsyncLocalStorage.bind(onShutdown), release: this.keeper.hold() };
    this.endings.add(ending);
    return () => this.remove(ending);
  }

  /** Ends them all, for good. */
  endAll(): void {
    this.isOver = true;
    for (const ending of this.endings) {
      const { tell } = ending;
      this.remove(ending);
      tell?.();
    }
  }

  private remove(ending: Ending): void {
    this.endings.delete(ending);
    ending.tell = undefined;
    ending.release();
  }
}

/** Emptied when it is over: V8 keeps outgrown tables of a set for a while, and with them what was in them. */
interface Ending {
  tell: (() => void) | undefined;
  readonly release: () => void;
}
