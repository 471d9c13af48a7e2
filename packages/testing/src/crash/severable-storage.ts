import type { StorageHint } from '@nest-saga/core';
import { InterceptedStorage } from '../fakes/intercepted-storage.js';
import type { StorageMethod } from '../fakes/intercepted-storage.js';

/**
 * The connection of one simulated process to the storage. While the process is paused, its calls and their answers
 * wait. After it is killed, its calls do not happen any more, and none is answered.
 */
export class SeverableStorage extends InterceptedStorage {
  private state: 'running' | 'paused' | 'killed' = 'running';
  private waiting: (() => void)[] = [];

  override onHint(listener: (hint: StorageHint) => void): () => void {
    return super.onHint((hint) => {
      if (this.state === 'running') listener(hint);
    });
  }

  pause(): void {
    if (this.state === 'running') this.state = 'paused';
  }

  resume(): void {
    if (this.state !== 'paused') return;
    this.state = 'running';
    for (const pass of this.waiting.splice(0)) pass();
  }

  kill(): void {
    this.state = 'killed';
    this.waiting = [];
  }

  protected async around<Answer>(_method: StorageMethod, call: () => Promise<Answer>): Promise<Answer> {
    await this.passable();
    const answer = await call();
    await this.passable();
    return answer;
  }

  private async passable(): Promise<void> {
    while (this.state !== 'running') await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}
