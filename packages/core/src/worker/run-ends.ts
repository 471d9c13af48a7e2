import type { EndedRun, ExecutionEnd } from '../execution/execution-end.js';
import type { Park } from '../journal/park.js';
import { notifySaga, notifyWorker } from '../ports/notify.js';
import type { SagaListener } from '../ports/saga-listener.js';
import type { Quarantine } from './quarantine.js';
import { releaseDelayMs } from './release-delay.js';
import type { RunningSagas } from './running-sagas.js';
import type { SagaReleases } from './saga-releases.js';

/** What the end of a run leads to: its slot is free, and a saga that has not ended is released or claimed later. */
export class RunEnds {
  constructor(
    private readonly running: RunningSagas,
    private readonly quarantine: Quarantine,
    private readonly releases: SagaReleases,
    private readonly listener: SagaListener | undefined,
    /** The maximum number of claimed sagas that run here. */
    private readonly claimedAtOnce: number,
    private readonly worker: {
      lookForWork(): void;
      claimLater(park: Park, deadlineRestMs: number | undefined): void;
    },
  ) {}

  /** Called when a run has ended. */
  ended(worker: string, run: EndedRun, end: ExecutionEnd): void {
    const { sagaId } = run.header;
    const ended = this.running.remove(sagaId, run);
    const wasClaimed = ended?.isClaimed ?? false;
    if (ended !== undefined) this.quarantine.left(sagaId);
    if (end.kind === 'stopped') this.stopped(worker, run, end);
    // Claim again only when half of the slots are free, so that one statement fills many of them.
    if (wasClaimed && this.running.claimedCount <= this.claimedAtOnce / 2) this.worker.lookForWork();
  }

  private stopped(
    worker: string,
    { header, seq, deadlineRestMs }: EndedRun,
    { reason, error, state, begun }: Extract<ExecutionEnd, { kind: 'stopped' }>,
  ): void {
    const { sagaId, saga, version } = header;
    if (reason === 'trouble' && error !== undefined)
      notifyWorker(this.listener, { type: 'storage-failed', operation: 'run', sagaId, error });
    notifySaga(this.listener, { type: 'stopped', sagaId, saga, version, reason });
    const request = { sagaId, worker, seq: seq + 1, begun };
    if (reason === 'parked' && state.park !== undefined) this.worker.claimLater(state.park, deadlineRestMs);
    if (reason === 'shutdown') this.releases.collect({ ...request, reason, delayMs: 0 });
    if (reason === 'trouble')
      void this.releases.release({ ...request, reason, delayMs: releaseDelayMs(state.recoveries) });
  }
}
