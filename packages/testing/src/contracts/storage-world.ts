import { loadJournal } from '@nest-saga/core/storage-kit';
import type { SagaHeading } from '@nest-saga/core/storage-kit';
import { randomUUID } from 'node:crypto';
import type {
  AppendRequest,
  EntryDraft,
  HeaderChange,
  LoadedSaga,
  NewSaga,
  SagaHeader,
  SagaIdentity,
  SagaStorage,
} from '@nest-saga/core';
import { changing } from './header-changes.js';
import type { FragileStorage, SagaStorageContract, SagaStorageHarness } from './storage-harness.js';

const longLeaseMs = 600_000;
const deadlineMs = 60_000;

/** The common actions of the contract's tests. Every test has its own saga name. */
export class StorageWorld {
  private harness: SagaStorageHarness | undefined;
  private other: SagaStorage | undefined;
  private breakable: FragileStorage | undefined;
  private names = 0;

  constructor(private readonly contract: SagaStorageContract) {}

  async create(): Promise<void> {
    this.harness = await this.contract.create();
    this.other = await this.harness.another();
  }

  /** Creates the view whose connection breaks. */
  async createFragile(): Promise<void> {
    if (this.harness === undefined) throw new Error('the harness was not created');
    this.breakable = await this.contract.fragile?.(this.harness);
  }

  async destroy(): Promise<void> {
    if (this.harness !== undefined) await this.contract.destroy(this.harness);
  }

  get storage(): SagaStorage {
    if (this.harness === undefined) throw new Error('the harness was not created');
    return this.harness.storage;
  }

  /** The storage as another process has it. */
  get another(): SagaStorage {
    if (this.other === undefined) throw new Error('the harness was not created');
    return this.other;
  }

  /** The storage as a process with a broken connection has it. */
  get fragile(): FragileStorage {
    if (this.breakable === undefined) throw new Error('the fragile storage was not created');
    return this.breakable;
  }

  newId(): string {
    return randomUUID();
  }

  /** The name and version of a saga that other tests of the group do not use. */
  newIdentity(version = 1): SagaIdentity {
    this.names++;
    return { saga: `saga-${this.names}`, version };
  }

  newSaga(given: Partial<NewSaga> = {}): NewSaga {
    const { saga, version } =
      given.saga === undefined ? this.newIdentity() : { saga: given.saga, version: 1 };
    const identity = { sagaId: this.newId(), saga, version, key: undefined };
    return { ...identity, context: '{"total":1}', metadata: {}, owner: undefined, ...given };
  }

  /** Starts a saga and returns it. */
  async start(given: Partial<NewSaga> = {}): Promise<NewSaga> {
    const saga = this.newSaga(given);
    const { kind } = await this.storage.start(saga);
    if (kind !== 'started') throw new Error(`the start of ${saga.sagaId} answered "${kind}"`);
    return saga;
  }

  /** A worker whose lease is longer than any test. */
  async newWorker(): Promise<string> {
    const worker = this.newId();
    await this.storage.registerWorker(worker, longLeaseMs);
    return worker;
  }

  /** Makes the lease of a worker expire. */
  async expire(worker: string): Promise<void> {
    await this.storage.renewWorker(worker, 1);
    await this.pass(30);
  }

  /** Starts a saga that its worker has left: released, without an owner, claimable. */
  async startOrphan(given: Partial<NewSaga> = {}): Promise<NewSaga> {
    const saga = await this.start({ ...given, owner: this.newId() });
    await this.storage.releaseExpired([identityOf(saga)], 1_000);
    return saga;
  }

  /** Appends after the last entry, which must succeed. */
  async append(sagaId: string, entry: EntryDraft, change?: HeaderChange, worker?: string): Promise<void> {
    const entries = (await loadJournal(this.storage, sagaId))?.entries ?? [];
    const request = { sagaId, seq: entries.length + 1, worker, entry };
    const result = await this.storage.append(change === undefined ? request : changing(request, change));
    if (result !== 'stored') throw new Error(`the append to ${sagaId} was ${result}`);
  }

  async load(sagaId: string): Promise<LoadedSaga> {
    const loaded = await this.storage.load(sagaId);
    if (loaded === undefined) throw new Error(`${sagaId} is not stored`);
    return loaded;
  }

  async header(sagaId: string): Promise<SagaHeader> {
    return (await this.load(sagaId)).header;
  }

  /** The header without its context. */
  async heading(sagaId: string): Promise<SagaHeading> {
    const { context: _context, ...heading } = await this.header(sagaId);
    return heading;
  }

  /** Runs work in a transaction of a caller. */
  transaction<Result>(work: (handle: object) => Promise<Result>): Promise<Result> {
    if (this.harness?.transaction === undefined) throw new Error('the harness has no transactions');
    return this.harness.transaction(work);
  }

  /** Makes time pass for the storage. */
  async pass(ms: number): Promise<void> {
    if (this.harness?.advance !== undefined) return this.harness.advance(ms);
    await new Promise<void>((resolve) => {
      setTimeout(resolve, ms);
    });
  }

  /** Waits until a condition holds, up to a generous deadline. */
  async until(what: string, isMet: () => boolean | Promise<boolean>): Promise<void> {
    for (let waitedMs = 0; waitedMs < deadlineMs; waitedMs += 10) {
      if (await isMet()) return;
      await this.pass(10);
    }
    throw new Error(`${what}: not within ${deadlineMs} ms`);
  }
}

/** The identity by which a worker claims this saga. */
export function identityOf({ saga, version }: SagaIdentity): SagaIdentity {
  return { saga, version };
}

/** An append of a request from outside that changes nothing but the journal. */
export function cancelAt(sagaId: string, seq: number, reason = 'a customer called'): AppendRequest {
  return { sagaId, seq, worker: undefined, entry: { kind: 'cancel-requested', reason } };
}
