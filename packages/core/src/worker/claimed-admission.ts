import type { SagaDefinition } from '../definition/saga-definition.js';
import type { SagaRegistry } from '../definition/saga-registry.js';
import { foldJournal } from '../journal/fold-journal.js';
import type { SagaState } from '../journal/saga-state.js';
import { notifyWorker } from '../ports/notify.js';
import type { SagaListener } from '../ports/saga-listener.js';
import type { LoadedSaga, ReleaseRequest } from '../ports/saga-storage.js';
import type { Quarantine } from './quarantine.js';
import { releaseDelayMs } from './release-delay.js';
import type { SagaReleases } from './saga-releases.js';

/** How long a saga that cannot be decoded here is left to other processes, in milliseconds. */
const undecodableDelayMs = 300_000;

/** Decides whether a claimed saga may run here now. One that may not is released, to be claimed after a delay. */
export class ClaimedAdmission {
  constructor(
    private readonly registry: SagaRegistry,
    private readonly quarantine: Quarantine,
    private readonly releases: SagaReleases,
    private readonly listener: SagaListener | undefined,
  ) {}

  /** The definition and the state of a saga that may run; undefined if it was released. */
  admit(
    worker: string,
    { header, entries }: LoadedSaga,
  ): { readonly definition: SagaDefinition; readonly state: SagaState } | undefined {
    const definition = this.registry.findFor(header);
    if (definition === undefined) {
      const seq = (entries.at(-1)?.seq ?? 0) + 1;
      this.release({ sagaId: header.sagaId, worker, seq, reason: 'trouble', delayMs: releaseDelayMs(0) });
      return undefined;
    }
    const state = foldJournal(header, entries);
    if (definition.codec.encrypts === true && !this.canDecode(definition, header.sagaId, state)) {
      const { sagaId } = header;
      this.release({ sagaId, worker, seq: state.seq + 1, reason: 'quarantine', delayMs: undecodableDelayMs });
      return undefined;
    }
    const { maximumRecoveryAttempts } = definition;
    const delayMs = this.quarantine.admissionDelay(header.sagaId, state, maximumRecoveryAttempts);
    if (delayMs <= 0) return { definition, state };
    this.release({ sagaId: header.sagaId, worker, seq: state.seq + 1, reason: 'quarantine', delayMs });
    return undefined;
  }

  /** A process without the key of a saga leaves it alone: nothing is known about its context, so nothing is decided. */
  private canDecode({ codec }: SagaDefinition, sagaId: string, { context }: SagaState): boolean {
    try {
      codec.decode(context);
      return true;
    } catch (error) {
      notifyWorker(this.listener, { type: 'storage-failed', operation: 'decode', sagaId, error });
      return false;
    }
  }

  private release(request: Omit<ReleaseRequest, 'begun'>): void {
    void this.releases.release({ ...request, begun: [] });
  }
}
