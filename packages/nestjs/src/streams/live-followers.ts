import { Injectable } from '@nestjs/common';

/** Longer than any test and short enough for a timer. */
const keepAliveMs = 2_147_483_647;

/**
 * Everyone in this process who waits for a saga right now. They are all told when the process shuts down, and while
 * there is one the process is kept alive: the engine's own timers do not do that.
 */
@Injectable()
export class LiveFollowers {
  private readonly endings = new Set<() => void>();
  private keepAlive: NodeJS.Timeout | undefined;
  private isOver = false;

  /** Whether the shutdown has ended them all; nobody can follow any more. */
  get isEnded(): boolean {
    return this.isOver;
  }

  /** How many wait at the moment. */
  get size(): number {
    return this.endings.size;
  }

  /**
   * @param onShutdown Called once where the process shuts down first.
   * @returns What to call when the waiting is over.
   */
  add(onShutdown: () => void): () => void {
    this.endings.add(onShutdown);
    this.keepAlive ??= setTimeout(() => undefined, keepAliveMs);
    return () => this.remove(onShutdown);
  }

  /** Ends them all, for good. */
  endAll(): void {
    this.isOver = true;
    for (const end of this.endings) {
      this.remove(end);
      end();
    }
  }

  private remove(ending: () => void): void {
    this.endings.delete(ending);
    if (this.endings.size > 0) return;
    clearTimeout(this.keepAlive);
    this.keepAlive = undefined;
  }
}
