import type { SagaStorage } from '@nest-saga/core';
import { InterceptedStorage } from '@nest-saga/testing';
import type { StorageMethod } from '@nest-saga/testing';
import type { KillSwitch } from './kill-switch.js';
import type { OutsideWorld } from './outside-world.js';

/** The storage of a lab process: every call is a place to die at, and every lease is written down outside. */
export class WatchedStorage extends InterceptedStorage {
  constructor(
    inner: SagaStorage,
    private readonly process: string,
    private readonly killSwitch: KillSwitch,
    private readonly world: OutsideWorld,
  ) {
    super(inner);
  }

  override async registerWorker(worker: string, leaseDurationMs: number): Promise<void> {
    // From before it was asked for, so that the span written down is never longer than the real one.
    const from = Date.now();
    await super.registerWorker(worker, leaseDurationMs);
    await this.world.leased(worker, this.process, from, from + leaseDurationMs);
  }

  override async renewWorker(worker: string, leaseDurationMs: number): Promise<boolean> {
    const from = Date.now();
    const isRenewed = await super.renewWorker(worker, leaseDurationMs);
    if (isRenewed) await this.world.leased(worker, this.process, from, from + leaseDurationMs);
    return isRenewed;
  }

  override async removeWorker(worker: string): Promise<void> {
    const until = Date.now();
    await super.removeWorker(worker);
    await this.world.leased(worker, this.process, until, until);
  }

  protected async around<Answer>(method: StorageMethod, call: () => Promise<Answer>): Promise<Answer> {
    this.killSwitch.pass(`before ${method}`);
    const answer = call();
    this.killSwitch.passSoon(`during ${method}`);
    await answer.catch(() => undefined);
    this.killSwitch.pass(`after ${method}`);
    return answer;
  }
}
