import type { LoadedSaga, NewSaga, SagaStorage, StartResult } from '@nest-saga/core';
import type { ClaimRequest } from '@nest-saga/core/storage-kit';
import { InterceptedStorage } from '@nest-saga/testing';
import type { StorageMethod } from '@nest-saga/testing';
import type { Assignments } from '../simulation/assignments.js';
import type { KillSwitch } from './kill-switch.js';
import type { OutsideWorld } from './outside-world.js';
import type { Underway } from './underway.js';

/** The methods that change sagas, and not only leases. */
const writes: ReadonlySet<StorageMethod> = new Set<StorageMethod>(['start', 'append', 'claim', 'release']);

/** The observers of the calls. */
export interface Witnesses {
  readonly killSwitch: KillSwitch;
  readonly world: OutsideWorld;
  readonly assignments: Assignments;
  readonly underway: Underway;
}

/**
 * The storage of a lab process: the process can die at every call, and every lease is recorded in the outside world.
 */
export class WatchedStorage extends InterceptedStorage {
  constructor(
    inner: SagaStorage,
    private readonly process: string,
    private readonly witnesses: Witnesses,
  ) {
    super(inner);
  }

  override async start(saga: NewSaga): Promise<StartResult> {
    const result = await super.start(saga);
    this.witnesses.assignments.started(saga, result);
    return result;
  }

  override async claim(request: ClaimRequest): Promise<readonly LoadedSaga[]> {
    const claimed = await super.claim(request);
    for (const saga of claimed) this.witnesses.assignments.claimed(saga, request.worker);
    return claimed;
  }

  override async registerWorker(worker: string, leaseDurationMs: number): Promise<void> {
    // Measured from before the request, so that the recorded span is never longer than the real one.
    const from = Date.now();
    await super.registerWorker(worker, leaseDurationMs);
    await this.witnesses.world.leased(worker, this.process, from, from + leaseDurationMs);
  }

  override async renewWorker(worker: string, leaseDurationMs: number): Promise<boolean> {
    const from = Date.now();
    const isRenewed = await super.renewWorker(worker, leaseDurationMs);
    if (isRenewed) await this.witnesses.world.leased(worker, this.process, from, from + leaseDurationMs);
    return isRenewed;
  }

  override async removeWorker(worker: string): Promise<void> {
    const until = Date.now();
    await super.removeWorker(worker);
    await this.witnesses.world.leased(worker, this.process, until, until);
  }

  protected around<Answer>(method: StorageMethod, call: () => Promise<Answer>): Promise<Answer> {
    const pass = (): Promise<Answer> => this.passBy(method, call);
    return writes.has(method) ? this.witnesses.underway.during(pass) : pass();
  }

  private async passBy<Answer>(method: StorageMethod, call: () => Promise<Answer>): Promise<Answer> {
    const { killSwitch } = this.witnesses;
    killSwitch.pass(`before ${method}`);
    const answer = call();
    killSwitch.passSoon(`during ${method}`);
    await answer.catch(() => undefined);
    killSwitch.pass(`after ${method}`);
    return answer;
  }
}
