import type { LoadedSaga, NewSaga, StartResult } from '@nest-saga/core';

/** Which worker of a process runs which saga, as far as it can be read off what the process asks its storage for. */
export class Assignments {
  private readonly bySaga = new Map<string, { readonly seq: number; readonly worker: string }[]>();

  /** A start is answered: the saga is its owner's from the beginning, where it is this one. */
  started({ sagaId, owner }: NewSaga, result: StartResult): void {
    const isOwn =
      result.kind === 'started' || (result.header.sagaId === sagaId && result.header.owner === owner);
    if (owner !== undefined && isOwn) this.given(sagaId, 0, owner);
  }

  /** A saga was claimed for a worker: it is its own from the claim on. */
  claimed({ header, entries }: LoadedSaga, worker: string): void {
    this.given(header.sagaId, entries.at(-1)?.seq ?? 0, worker);
  }

  /** A saga is a worker's from this place of its journal on. */
  given(sagaId: string, seq: number, worker: string): void {
    const others = (this.bySaga.get(sagaId) ?? []).filter((one) => one.seq !== seq);
    this.bySaga.set(
      sagaId,
      [...others, { seq, worker }].toSorted((one, other) => one.seq - other.seq),
    );
  }

  /**
   * The worker that a call is for: a run that goes back to before a claim has a lower token than what comes after it, so
   * that a worker whose lease is over is told apart from the next one of its process.
   */
  workerOf(sagaId: string, fencingToken: number): string {
    const given = this.bySaga.get(sagaId)?.findLast(({ seq }) => seq < fencingToken);
    return given?.worker ?? 'nobody';
  }
}
