import { InMemorySagaStorage, isOpen, isTerminal } from '@nest-saga/core';
import type {
  AppendRequest,
  AppendResult,
  Clock,
  LoadedSaga,
  NewSaga,
  SagaIdentity,
  StartResult,
} from '@nest-saga/core';
import type {
  ClaimRequest,
  JournalCursor,
  JournalNews,
  ListPosition,
  PurgeRequest,
} from '@nest-saga/core/storage-kit';
import { internalsOf } from './internals.js';
import type { StorageInternals, StoredSaga } from './internals.js';
import type { Saboteur } from './saboteur.js';

/** A storage in memory whose internals are accessible to its subclasses. */
class BreakableStorage extends InMemorySagaStorage {
  protected readonly internals: StorageInternals = internalsOf(this);

  constructor(protected readonly time: Clock) {
    super(time);
  }

  protected stored(sagaId: string): StoredSaga | undefined {
    return this.internals.sagas.get(sagaId);
  }
}

class WithoutFence extends BreakableStorage {
  override append(request: AppendRequest): Promise<AppendResult> {
    const seq = (this.stored(request.sagaId)?.written.length ?? 0) + 1;
    return super.append({ ...request, seq });
  }
}

class WithChangeApart extends BreakableStorage {
  override async append({ change, ...request }: AppendRequest): Promise<AppendResult> {
    const isDecision = request.entry.kind === 'act-failed' && change !== undefined;
    const result = await super.append(isDecision || change === undefined ? request : { ...request, change });
    const stored = this.stored(request.sagaId);
    if (isDecision && result === 'stored' && stored !== undefined)
      this.time.startTimer(20, () => this.internals.setHeader(stored, change, this.time.now()));
    return result;
  }
}

class WithoutClaimEntry extends BreakableStorage {
  override async claim(request: ClaimRequest): Promise<readonly LoadedSaga[]> {
    const claimed = await super.claim(request);
    for (const { header } of claimed) this.stored(header.sagaId)?.written.pop();
    const loaded = await Promise.all(claimed.map(({ header }) => this.load(header.sagaId)));
    return loaded.filter((saga) => saga !== undefined);
  }
}

class RescuingByAge extends BreakableStorage {
  override async releaseExpired(sagas: readonly SagaIdentity[], limit: number): Promise<number> {
    for (const stored of this.internals.sagas.values()) {
      const { owner, status, updatedAt } = stored.header;
      const isOld = this.time.now() - updatedAt.getTime() > 30;
      if (owner !== undefined && isOpen(status) && isOld)
        this.internals.releaseStored(stored, 0, this.time.now());
    }
    return super.releaseExpired(sagas, limit);
  }
}

class ClaimingTwice extends BreakableStorage {
  override async claim(request: ClaimRequest): Promise<readonly LoadedSaga[]> {
    const owned = [...this.internals.sagas.values()].filter(
      ({ header: { owner, status } }) => owner !== undefined && owner !== request.worker && isOpen(status),
    );
    const claimed = await super.claim(request);
    return [
      ...claimed,
      ...owned.map((stored) => this.internals.take(stored, request.worker, this.time.now())),
    ];
  }
}

class WithWritableEnds extends BreakableStorage {
  override async append(request: AppendRequest): Promise<AppendResult> {
    const stored = this.stored(request.sagaId);
    if (stored === undefined || !isTerminal(stored.header.status)) return super.append(request);
    if (request.seq !== stored.written.length + 1) return 'fenced';
    const { worker, entry, change } = request;
    const now = this.time.now();
    this.internals.write(stored, worker, entry, now);
    if (change !== undefined) this.internals.setHeader(stored, change, now);
    return 'stored';
  }
}

class PurgingByAge extends BreakableStorage {
  override async purge(request: PurgeRequest): Promise<readonly ListPosition[]> {
    const { sagas } = this.internals;
    const old = [...sagas.values()].map(({ header }) => header);
    const found = old.filter(
      ({ sagaId, updatedAt }) => updatedAt < request.endedBefore && request.among?.includes(sagaId) !== false,
    );
    if (request.dryRun !== true) for (const { sagaId } of found) sagas.delete(sagaId);
    return found.map(({ sagaId, createdAt }) => ({ sagaId, createdAt }));
  }
}

class StartingAnew extends BreakableStorage {
  override async start(saga: NewSaga): Promise<StartResult> {
    // There is no unique key, so a saga with the same id is overwritten.
    this.internals.sagas.delete(saga.sagaId);
    const result = await super.start({ ...saga, key: undefined });
    const stored = this.stored(saga.sagaId);
    if (stored !== undefined) stored.header = { ...stored.header, key: saga.key };
    return result;
  }
}

class ReadingWithGaps extends BreakableStorage {
  override async readNews(cursors: readonly JournalCursor[]): Promise<readonly JournalNews[]> {
    const news = await super.readNews(cursors);
    return news.map((one) => ({ ...one, entries: one.entries.slice(0, -1) }));
  }
}

class ForgettingReleases extends BreakableStorage {
  override releaseExpired(): Promise<number> {
    return Promise.resolve(0);
  }
}

class LosingParks extends BreakableStorage {
  override append(request: AppendRequest): Promise<AppendResult> {
    const { change } = request;
    if (change?.park === undefined) return super.append(request);
    const park = { ...change.park, dueInMs: undefined };
    return super.append({ ...request, change: { ...change, park } });
  }
}

class WithParkApart extends BreakableStorage {
  override async append(request: AppendRequest): Promise<AppendResult> {
    const { change, ...rest } = request;
    if (change?.park === undefined) return super.append(request);
    const result = await super.append(rest);
    const stored = this.stored(request.sagaId);
    if (result === 'stored' && stored !== undefined)
      this.time.startTimer(10, () => {
        const { for: what, name, dueInMs = 0 } = change.park ?? { for: 'retry', name: '' };
        const now = this.time.now();
        const nextRunAt = new Date(now + dueInMs);
        const waiting = { for: what, name };
        this.internals.setHeader(stored, { owner: undefined, nextRunAt, waiting }, now);
      });
    return result;
  }
}

function storageOf(Storage: new (clock: Clock) => BreakableStorage): Saboteur['sabotage'] {
  return { storage: (clock) => new Storage(clock) };
}

/** Storages that break a rule of the port. */
export const brokenStorages: readonly Saboteur[] = [
  {
    name: 'no fence',
    mistake: 'an append takes the next unused seq, even if it was for another one',
    breaks: ['wrote-after-fence', 'completed-twice'],
    contractTest: 'fences an append whose seq is used already, and writes nothing of it',
    sabotage: storageOf(WithoutFence),
  },
  {
    name: 'decision apart from the failure',
    mistake: 'COMPENSATING is written a moment after the entry of the failed act, not with it',
    breaks: ['status-not-of-journal'],
    contractTest: 'shows a header and its journal as of one moment, however often they change',
    sabotage: storageOf(WithChangeApart),
  },
  {
    name: 'claim without an entry',
    mistake: 'a claim changes the owner and leaves nothing in the journal',
    breaks: ['wrote-after-fence'],
    contractTest:
      'claims a queued saga for the worker: RUNNING, owned, with a claimed entry, in its answer and in the storage',
    sabotage: storageOf(WithoutClaimEntry),
  },
  {
    name: 'rescue by age',
    mistake: 'a saga whose header did not change for a while is claimed, even if its worker is alive',
    breaks: ['overlap'],
    contractTest:
      'counts the lease from the moment of each renewal, and leaves old sagas with their worker until it expires',
    sabotage: storageOf(RescuingByAge),
  },
  {
    name: 'double claim',
    mistake: 'a claim takes sagas that another worker is running',
    breaks: ['overlap'],
    contractTest: 'never gives one saga to two workers, though they claim at the same moment',
    sabotage: storageOf(ClaimingTwice),
  },
  {
    name: 'writable ends',
    mistake: 'a saga that COMPLETED or FAILED takes further entries',
    breaks: ['terminal-changed'],
    contractTest: 'never changes a saga that is COMPLETED',
    sabotage: storageOf(WithWritableEnds),
  },
  {
    name: 'purge by age alone',
    mistake: 'a purge deletes every saga that did not change for a while, even if it has not ended',
    breaks: ['not-ended'],
    contractTest: 'never deletes a saga that is open or stuck',
    sabotage: storageOf(PurgingByAge),
  },
  {
    name: 'start that is not idempotent',
    mistake: 'a second start with an id or a key starts it once more',
    breaks: ['started-twice', 'journal-changed'],
    contractTest: 'stores one saga for an id: a second start answers the first one and writes nothing',
    sabotage: storageOf(StartingAnew),
  },
  {
    name: 'news with a gap',
    mistake: 'news of a journal lack its last entry',
    breaks: ['not-shown'],
    contractTest: 'has the entries after the cursor and the header as news',
    sabotage: storageOf(ReadingWithGaps),
  },
  {
    name: 'no release of the dead',
    mistake: 'the sagas of a worker whose lease has expired stay with it',
    breaks: ['not-ended'],
    contractTest: 'releases the sagas of a worker whose lease has expired, and writes no entry',
    sabotage: storageOf(ForgettingReleases),
  },
  {
    name: 'park that is lost',
    mistake: 'a saga that waits without an owner is never due',
    breaks: ['not-ended'],
    contractTest:
      'lets no worker claim a parked saga before it is due; then the claim says that it was parked, and it waits no more',
    sabotage: storageOf(LosingParks),
  },
  {
    name: 'park apart from its entry',
    mistake: 'the header of a saga that waits is changed a moment after the entry that parks it, not with it',
    breaks: ['park-not-of-journal'],
    contractTest:
      'keeps the status, removes the owner, and says what the saga waits for and until when by its own clock',
    sabotage: storageOf(WithParkApart),
  },
];
