import { SagaStorageError } from '@nest-saga/core';
import type {
  AppendRequest,
  AppendResult,
  LoadedSaga,
  NewSaga,
  SagaIdentity,
  SagaStorage,
  StartResult,
  StorageHint,
  WriteOutcome,
} from '@nest-saga/core';
import type { ClaimRequest, ReleaseRequest } from '@nest-saga/core/storage-kit';
import { InterceptedStorage } from '@nest-saga/testing';
import type { StorageMethod } from '@nest-saga/testing';
import type { Assignments } from './assignments.js';
import type { Life } from './life.js';
import type { RunRecord } from './run-record.js';
import type { CallFault } from './run-plan.js';
import type { VirtualTime } from './virtual-time.js';

/** The dependencies of a wire. */
export interface WireSurroundings {
  readonly time: VirtualTime;
  readonly record: RunRecord;
  /** The assignments of its process. */
  readonly assignments: Assignments;
  /** The fault of the n-th call of the storage, counted over all processes. */
  faultOf(call: number): CallFault | undefined;
  /** How long a request or an answer takes, in milliseconds; 0 is at once. */
  latencyMs(): number;
  /** How long a slow call takes, in milliseconds. */
  longMs(): number;
  crash(life: Life, why: string): void;
  tell(text: () => string): void;
}

/** The connection of one process to the storage, with all its possible faults. */
export class Wire extends InterceptedStorage {
  constructor(
    inner: SagaStorage,
    private readonly life: Life,
    private readonly surroundings: WireSurroundings,
  ) {
    super(inner);
  }

  override start(saga: NewSaga): Promise<StartResult> {
    return this.around('start', async () => {
      const result = await this.inner.start(saga);
      if (result.kind === 'started') this.surroundings.record.revision++;
      this.surroundings.assignments.started(saga, result);
      return result;
    });
  }

  override releaseExpired(sagas: readonly SagaIdentity[], limit: number): Promise<number> {
    return this.around('releaseExpired', async () => {
      const released = await this.inner.releaseExpired(sagas, limit);
      if (released > 0) this.surroundings.record.revision++;
      return released;
    });
  }

  override release(requests: readonly ReleaseRequest[]): Promise<void> {
    return this.around('release', async () => {
      await this.inner.release(requests);
      this.surroundings.record.revision++;
    });
  }

  override append(request: AppendRequest): Promise<AppendResult> {
    return this.around('append', async () => {
      const result = await this.inner.append(request);
      if (result === 'stored') this.surroundings.record.stored(request);
      this.surroundings.tell(() => `  ${request.entry.kind} at ${request.seq}: ${result}`);
      return result;
    });
  }

  override load(sagaId: string, afterSeq?: number): Promise<LoadedSaga | undefined> {
    return this.around('load', async () => {
      const loaded = await this.inner.load(sagaId, afterSeq);
      await this.snapshot(sagaId);
      return loaded;
    });
  }

  override claim(request: ClaimRequest): Promise<readonly LoadedSaga[]> {
    return this.around('claim', async () => {
      const claimed = await this.inner.claim(request);
      if (claimed.length > 0) this.surroundings.record.revision++;
      for (const saga of claimed) {
        this.surroundings.assignments.claimed(saga, request.worker);
        await this.snapshot(saga.header.sagaId);
        this.surroundings.record.durableSeqs.set(saga.header.sagaId, saga.entries.length);
      }
      if (claimed.length > 0)
        this.surroundings.tell(() => `  claimed ${claimed.length} for ${request.worker}`);
      return claimed;
    });
  }

  override registerWorker(worker: string, leaseDurationMs: number): Promise<void> {
    return this.around('registerWorker', async () => {
      await this.inner.registerWorker(worker, leaseDurationMs);
      this.surroundings.record.registered(
        worker,
        this.life.name,
        this.surroundings.time.now(),
        leaseDurationMs,
      );
    });
  }

  override renewWorker(worker: string, leaseDurationMs: number): Promise<boolean> {
    return this.around('renewWorker', async () => {
      const isRenewed = await this.inner.renewWorker(worker, leaseDurationMs);
      if (isRenewed) this.surroundings.record.renewed(worker, this.surroundings.time.now(), leaseDurationMs);
      return isRenewed;
    });
  }

  override removeWorker(worker: string): Promise<void> {
    return this.around('removeWorker', async () => {
      await this.inner.removeWorker(worker);
      this.surroundings.record.removed(worker, this.surroundings.time.now());
    });
  }

  override onHint(listener: (hint: StorageHint) => void): () => void {
    // Hints are late, and sometimes missing.
    return super.onHint((hint) => {
      const latencyMs = this.surroundings.latencyMs();
      if (latencyMs % 7 !== 6) this.surroundings.time.schedule(latencyMs, this.life, () => listener(hint));
    });
  }

  /** A saga as it is stored when it is read: the answer may be a part of it. */
  private async snapshot(sagaId: string): Promise<void> {
    const whole = await this.inner.load(sagaId);
    if (whole !== undefined) this.surroundings.record.snapshots.push(whole);
  }

  protected around<Answer>(method: StorageMethod, call: () => Promise<Answer>): Promise<Answer> {
    const { life, surroundings } = this;
    const { record } = surroundings;
    return new Promise((resolve, reject) => {
      if (life.isDead) return;
      const number = record.calls++;
      const fault = surroundings.faultOf(number);
      record.passed(number, 'crash-before');
      surroundings.tell(
        () => `${life.name}: ${method} (call ${number})${fault === undefined ? '' : ` ${fault}`}`,
      );
      life.unanswered++;
      const answer = (delayMs: number, give: () => void): void => {
        surroundings.time.schedule(delayMs, life, () => {
          life.unanswered--;
          give();
        });
      };
      const fail = (outcome: WriteOutcome): void =>
        answer(surroundings.latencyMs(), () => reject(new SagaStorageError(method, outcome)));
      const apply = (then: (result: Answer) => void): void => {
        record.writes++;
        const happened = (result: Answer): void => {
          record.passed(number, 'crash-after');
          then(result);
        };
        call().then(happened, (error: Error) => answer(surroundings.latencyMs(), () => reject(error)));
      };
      const send = (delayMs: number, then: (result: Answer) => void): void => {
        if (delayMs === 0) return apply(then);
        record.underway++;
        surroundings.time.schedule(delayMs, undefined, () => {
          record.underway--;
          apply(then);
        });
      };
      const latencyMs = surroundings.latencyMs();
      switch (fault) {
        case 'crash-before':
          return surroundings.crash(life, fault);
        case 'crash-during':
          surroundings.crash(life, fault);
          return send(surroundings.longMs() / 4, () => undefined);
        case 'crash-after':
          return send(latencyMs, () => surroundings.crash(life, fault));
        case 'not-written':
          return fail('not-written');
        case 'refused':
          return fail('refused');
        case 'request-lost':
          return fail('unknown');
        case 'answer-lost':
          return send(latencyMs, () => fail('unknown'));
        case 'late':
          fail('unknown');
          return send(surroundings.longMs(), () => undefined);
        case 'slow':
          return send(latencyMs, (result) => answer(surroundings.longMs(), () => resolve(result)));
        case 'pause':
          life.pause(surroundings.longMs());
          break;
        default:
      }
      return send(latencyMs, (result) => answer(surroundings.latencyMs(), () => resolve(result)));
    });
  }
}
