import type { LoadedSaga } from '@nest-saga/core';
import type { Laboratory } from './laboratory.js';
import { pause } from './wait.js';

/** Reads sagas while they are run, and keeps what it read: an end that changes later is no end. */
export class Onlooker {
  private readonly seen: LoadedSaga[] = [];
  private looking: Promise<void> | undefined;
  private isStopped = false;

  constructor(private readonly laboratory: Laboratory) {}

  begin(): void {
    this.looking = this.look();
  }

  /** Looks no more, and answers everything it has read. */
  async end(): Promise<readonly LoadedSaga[]> {
    this.isStopped = true;
    await this.looking;
    return this.seen;
  }

  private async look(): Promise<void> {
    while (!this.isStopped) {
      // While the database suffers there is nothing to be seen.
      this.seen.push(...(await this.laboratory.readNewest(10).catch(() => [])));
      await pause(500);
    }
  }
}
