import type { AppendRequest, AppendResult, SagaStorage } from '@nest-saga/core';
import { SeverableStorage } from '../crash/severable-storage.js';
import type { CrashPoints } from './crash-points.js';

/** The connection of one engine to the storage, at which the engine can crash around the entry of an act. */
export class CrashingStorage extends SeverableStorage {
  constructor(
    inner: SagaStorage,
    private readonly points: CrashPoints,
    private readonly crash: () => void,
  ) {
    super(inner);
  }

  override append(request: AppendRequest): Promise<AppendResult> {
    if (this.points.takeEntry(request.entry, 'before')) this.crash();
    return this.around('append', async () => {
      const answer = await this.inner.append(request);
      if (answer === 'stored' && this.points.takeEntry(request.entry, 'after')) this.crash();
      return answer;
    });
  }
}
