import { SagaStorageError } from '../errors/saga-storage-error.js';
import { isSagaError } from '../identity/thrown.js';
import type { AppendRequest, NewSaga } from '../ports/saga-storage.js';
import { noSurroundings } from '../ports/surroundings.js';
import type { Surroundings } from '../ports/surroundings.js';
import type { ErrorConduct } from './error-conduct.js';

/** One write: a saga that starts, or an entry. */
export type Write =
  | { readonly kind: 'start'; readonly saga: NewSaga }
  | { readonly kind: 'append'; readonly request: AppendRequest };

/**
 * The writes of one statement: sagas that start, and entries with their header changes. No two belong to the same saga.
 */
export interface WriteGroup {
  readonly starts: readonly NewSaga[];
  readonly appends: readonly AppendRequest[];
}

/** The sagas whose row was written. A missing saga existed before (a start) or is fenced (an append). */
export interface WrittenSagas {
  has(sagaId: string): boolean;
}

/** The size and number of the statements. */
export interface GroupCommitLimits {
  /** The maximum number of statements in flight. */
  readonly maximumInFlight: number;
  readonly maximumRows: number;
  /** Fewer rows than this are not split into two statements: the second one would cost more than it saves. */
  readonly minimumSplitRows: number;
  /** In characters of context: an estimate is good enough to limit the size of statements. */
  readonly maximumCharacters: number;
}

/** The parts of a group commit that belong to the storage and its platform. */
export interface GroupCommitPorts {
  /** Writes a group in one statement. */
  readonly send: (group: WriteGroup) => Promise<WrittenSagas>;
  /** Judges why a statement failed. */
  readonly conductOf: (error: unknown) => ErrorConduct;
  /** Calls back after the current turn of the event loop: `setImmediate` in Node. */
  readonly defer: (callback: () => void) => void;
  /** Runs the sending of a group outside the surroundings of any caller. By default, it is called directly. */
  readonly runShared?: Surroundings['run'];
}

/** The number of groups that go before a suspect that would take the last slot. */
const groupsThatMayPass = 8;

interface Waiting {
  readonly write: Write;
  readonly sagaId: string;
  readonly resolve: (isWritten: boolean) => void;
  readonly reject: (error: unknown) => void;
}

interface Failure {
  readonly error: unknown;
  readonly conduct: ErrorConduct;
}

/**
 * Combines waiting writes of different sagas into one statement, so that a busy process pays one fsync for many of them
 * and an idle process does not wait for others. While the maximum number of statements is in flight, the next group
 * gathers; many waiting writes are shared among the free statements. Two writes of one saga never share a statement and
 * never run at the same time.
 */
export class GroupCommit {
  private waiting: Waiting[] = [];
  private readonly sagasInFlight = new Set<string>();
  /**
   * Sagas whose write delayed a whole group or failed separately, each with the number of groups that went before it.
   * They are written alone until a write of them succeeds. When a statement fails for a reason that all share, they
   * join groups again: while the reason lasts, each would wait for it in turn, and a justified suspicion returns with
   * the next group.
   */
  private readonly suspects = new Map<string, number>();
  private statementsInFlight = 0;
  private isScheduled = false;
  private onIdle: (() => void) | undefined;

  private readonly runShared: Surroundings['run'];

  constructor(
    private readonly ports: GroupCommitPorts,
    private readonly limits: GroupCommitLimits,
  ) {
    this.runShared = ports.runShared ?? noSurroundings.run;
  }

  /** Resolves with true once the write is durable, or with false if the saga exists already or the entry is fenced. */
  submit(write: Write): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const sagaId = write.kind === 'start' ? write.saga.sagaId : write.request.sagaId;
      this.waiting.push({ write, sagaId, resolve, reject });
      this.flushSoon();
    });
  }

  /** Resolves once nothing waits or is in flight. */
  async drained(): Promise<void> {
    if (this.waiting.length === 0 && this.statementsInFlight === 0) return;
    await new Promise<void>((resolve) => {
      this.onIdle = resolve;
    });
  }

  // After the current turn of the event loop, so that all writes that follow one answer of the database are combined.
  private flushSoon(): void {
    if (this.isScheduled || this.statementsInFlight >= this.limits.maximumInFlight) return;
    this.isScheduled = true;
    // A group has the writes of several callers and starts the next group, so it runs in the surroundings of none of
    // them.
    this.runShared(() =>
      this.ports.defer(() => {
        this.isScheduled = false;
        this.flush();
      }),
    );
  }

  private flush(): void {
    while (this.statementsInFlight < this.limits.maximumInFlight && this.waiting.length > 0) {
      const group = this.takeGroup(this.fairShare());
      if (group.length === 0) return;
      void this.commit(group);
    }
    if (this.statementsInFlight === 0 && this.waiting.length === 0) this.onIdle?.();
  }

  /**
   * The waiting writes are shared among the statements that may be sent now: while the database writes one share, the
   * sagas of another one continue here. In one statement, all sagas would wait for the same answer, and then the
   * database would wait for all of them.
   */
  private fairShare(): number {
    const free = this.limits.maximumInFlight - this.statementsInFlight;
    const share = Math.ceil(this.waiting.length / free);
    return Math.min(Math.max(share, this.limits.minimumSplitRows), this.limits.maximumRows);
  }

  /** Takes the writes of the next statement. Their sagas count as in flight from here on. */
  private takeGroup(rows: number): readonly Waiting[] {
    const group: Waiting[] = [];
    const rest: Waiting[] = [];
    const passed: string[] = [];
    const canWait = this.suspects.size > 0 && this.isLastSlotOfOthers();
    let size = 0;
    for (const item of this.waiting) {
      const groupsPassed = this.suspects.get(item.sagaId);
      const isSuspect = groupsPassed !== undefined;
      if (isSuspect && canWait && groupsPassed < groupsThatMayPass) {
        rest.push(item);
        passed.push(item.sagaId);
        continue;
      }
      const fits =
        group.length === 0 || (group.length < rows && size < this.limits.maximumCharacters && !isSuspect);
      const isBusy = this.sagasInFlight.has(item.sagaId);
      const followsSuspect = group[0] !== undefined && this.suspects.has(group[0].sagaId);
      if (!fits || isBusy || followsSuspect) {
        rest.push(item);
        continue;
      }
      group.push(item);
      this.sagasInFlight.add(item.sagaId);
      size += sizeOf(item.write);
    }
    this.waiting = rest;
    if (group.length > 0) for (const sagaId of passed) this.countPassed(sagaId);
    return group;
  }

  /**
   * Whether a suspect would take the last slot of the others: its statement may wait as long as a lock may be held.
   * Then other groups are sent first, but only a limited number of them, because they may never end.
   */
  private isLastSlotOfOthers(): boolean {
    if (this.limits.maximumInFlight - this.statementsInFlight > 1) return false;
    if (this.statementsInFlight > 0) return true;
    return this.waiting.some(({ sagaId }) => !this.suspects.has(sagaId));
  }

  private countPassed(sagaId: string): void {
    this.suspects.set(sagaId, (this.suspects.get(sagaId) ?? 0) + 1);
  }

  private async commit(group: readonly Waiting[]): Promise<void> {
    this.statementsInFlight += 1;
    await this.write(group);
    for (const { sagaId } of group) this.sagasInFlight.delete(sagaId);
    this.statementsInFlight -= 1;
    this.flushSoon();
    if (this.statementsInFlight === 0 && this.waiting.length === 0) this.onIdle?.();
  }

  private async write(group: readonly Waiting[]): Promise<void> {
    const failure = await this.tryToWrite(group);
    if (failure === undefined) return;
    if (group.length > 1 && failure.conduct === 'split') await this.writeOneByOne(group);
    else this.fail(group, failure);
  }

  /** The database refuses one of the writes, so each is tried alone, and the others are not affected. */
  private async writeOneByOne(group: readonly Waiting[]): Promise<void> {
    for (const [index, item] of group.entries()) {
      const failure = await this.tryToWrite([item]);
      if (failure === undefined) continue;
      this.fail([item], failure);
      if (failure.conduct !== 'fail') continue;
      // The others share the reason, and each would wait for it again. Nothing of their statement was written.
      const { error } = failure;
      const cause = isSagaError(error, 'SAGA_STORAGE_FAILED') ? error.cause : error;
      for (const { write, reject } of group.slice(index + 1))
        reject(new SagaStorageError(write.kind, 'not-written', { cause }));
      return;
    }
  }

  /** Answers the writes if their statement succeeded, or returns the failure. */
  private async tryToWrite(group: readonly Waiting[]): Promise<Failure | undefined> {
    try {
      const written = await this.ports.send(groupOf(group));
      for (const { sagaId, resolve } of group) {
        this.suspects.delete(sagaId);
        resolve(written.has(sagaId));
      }
      return undefined;
    } catch (error) {
      return { error, conduct: this.ports.conductOf(error) };
    }
  }

  private fail(group: readonly Waiting[], { error, conduct }: Failure): void {
    if (conduct === 'fail') this.suspects.clear();
    for (const { sagaId, write, reject } of group) {
      if (conduct !== 'fail') this.suspects.set(sagaId, 0);
      reject(errorOf(write, error));
    }
  }
}

function groupOf(waiting: readonly Waiting[]): WriteGroup {
  const starts: NewSaga[] = [];
  const appends: AppendRequest[] = [];
  for (const { write } of waiting) {
    if (write.kind === 'start') starts.push(write.saga);
    else appends.push(write.request);
  }
  return { starts, appends };
}

/** The error of one write of the failed group. */
function errorOf({ kind }: Write, error: unknown): SagaStorageError {
  if (isSagaError(error, 'SAGA_STORAGE_FAILED'))
    return new SagaStorageError(kind, error.outcome, { cause: error.cause });
  // It never reached the database: its values are invalid.
  return new SagaStorageError(kind, 'refused', { cause: error });
}

function sizeOf(write: Write): number {
  if (write.kind === 'start') return write.saga.context.length;
  const { entry } = write.request;
  const context = 'context' in entry ? (entry.context?.length ?? 0) : 0;
  const response = 'response' in entry ? (entry.response?.length ?? 0) : 0;
  return context + response + ('events' in entry ? (entry.events?.length ?? 0) : 0);
}
