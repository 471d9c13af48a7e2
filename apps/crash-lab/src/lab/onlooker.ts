import type { LoadedSaga } from '@nest-saga/core';
import type { Laboratory } from './laboratory.js';
import { pause } from './wait.js';

/** Reads sagas while they run, and keeps the results: an end that changes later was not an end. */
export class Onlooker {
  private readonly seen: LoadedSaga[] = [];
  private looking: Promise<void> | undefined;
  private isStopped = false;

  constructor(private readonly laboratory: Laboratory) {}

  begin(): void {
    this.looking = this.look();
  }

  /** Stops reading, and resolves with all results. */
  async end(): Promise<readonly LoadedSaga[]> {
    this.isStopped = true;
    await this.looking;
    return this.seen;
  }

  private async look(): Promise<void> {
    while (!this.isStopped) {
      // While the database has a fault, there may be no answer.
      this.seen.push(...(await this.laboratory.readNewest(10).catch(() => [])));
      await pause(500);
    }
  }
}
