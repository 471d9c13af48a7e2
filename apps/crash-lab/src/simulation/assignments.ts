import type { LoadedSaga, NewSaga, StartResult } from '@nest-saga/core';

/** The worker of a process that runs a saga, as far as the process's requests to its storage show it. */
export class Assignments {
  private readonly bySaga = new Map<string, { readonly seq: number; readonly worker: string }[]>();

  /** A start was answered: if its owner is this worker, the saga belongs to it from the beginning. */
  started({ sagaId, owner }: NewSaga, result: StartResult): void {
    const isOwn =
      result.kind === 'started' || (result.header.sagaId === sagaId && result.header.owner === owner);
    if (owner !== undefined && isOwn) this.given(sagaId, 0, owner);
  }

  /** A saga was claimed for a worker: it belongs to it from the claim on. */
  claimed({ header, entries }: LoadedSaga, worker: string): void {
    this.given(header.sagaId, entries.at(-1)?.seq ?? 0, worker);
  }

  /** A saga belongs to a worker from this `seq` on. */
  given(sagaId: string, seq: number, worker: string): void {
    const others = (this.bySaga.get(sagaId) ?? []).filter((one) => one.seq !== seq);
    this.bySaga.set(
      sagaId,
      [...others, { seq, worker }].toSorted((one, other) => one.seq - other.seq),
    );
  }

  /**
   * The worker of a call: a run that began before a claim has a lower token than later runs, which distinguishes a
   * worker whose lease has expired from the next one of its process.
   */
  workerOf(sagaId: string, fencingToken: number): string {
    const given = this.bySaga.get(sagaId)?.findLast(({ seq }) => seq < fencingToken);
    return given?.worker ?? 'no worker';
  }
}
