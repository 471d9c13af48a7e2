import type { Json } from '../context/context-codec.js';
import { jsonContextCodec } from '../context/context-codec.js';
import type { SagaDefinition } from '../definition/saga-definition.js';
import type { SagaRegistry } from '../definition/saga-registry.js';
import { SagaConflictError } from '../errors/saga-conflict-error.js';
import { SagaNotFoundError } from '../errors/saga-not-found-error.js';
import { SagaNotRegisteredError } from '../errors/saga-not-registered-error.js';
import { SagaPastPivotError } from '../errors/saga-past-pivot-error.js';
import { SagaStatusError } from '../errors/saga-status-error.js';
import { StopRun } from '../execution/stop-run.js';
import { fits } from '../journal/fits.js';
import { foldJournal } from '../journal/fold-journal.js';
import type { SagaHeader } from '../journal/saga-header.js';
import type { UndoneStep } from '../journal/saga-path.js';
import type { SagaState, UndoItem } from '../journal/saga-state.js';
import { SagaStatus } from '../journal/saga-status.js';
import type { Clock } from '../ports/clock.js';
import type { IdGenerator } from '../ports/id-generator.js';
import { loadJournal } from '../ports/load-journal.js';
import type { LoadedSaga, NewSaga, SagaStorage } from '../ports/saga-storage.js';
import type { SagaWorker } from '../worker/saga-worker.js';
import type { StartedSaga } from './saga-starter.js';
import { checkSagaId, checkText } from './start-options.js';

/** The person who asks for a reversal, and the reason. */
export interface ReversalRequest {
  readonly actor: string;
  readonly note?: string | undefined;
}

/** How long a reversal is tried while the storage does not answer, in milliseconds. */
const requestTimeoutMs = 10_000;

/** Undoes sagas that have completed. A terminal saga never changes, so each reversal is an execution of its own. */
export class SagaReversals {
  constructor(
    private readonly storage: SagaStorage,
    private readonly registry: SagaRegistry,
    private readonly worker: SagaWorker,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /**
   * Starts the reversal of a saga, or finds the one that it has: there is one, for all who ask. It runs backward from its
   * beginning, under the idempotency keys of the original, and ends FAILED with the reason `reversed`, or STUCK. Resolves
   * once it is durable.
   *
   * @throws InvalidArgumentError, SagaNotFoundError. SagaStatusError if the saga has not COMPLETED, or its journal does not
   * fit the steps of this process. SagaPastPivotError if it has passed its pivot. SagaNotRegisteredError if this process
   * does not have the saga.
   */
  async reverse(id: string, { actor, note }: ReversalRequest): Promise<StartedSaga> {
    const sagaId = checkSagaId(id);
    const by = checkText('actor', actor, 200);
    const why = note === undefined ? '' : `: ${checkText('note', note, 1_000)}`;
    const loaded = await loadJournal(this.storage, sagaId);
    if (loaded === undefined) throw new SagaNotFoundError(sagaId);
    const { header } = loaded;
    const definition = this.definitionOf(header);
    const state = checkReversible(definition, loaded);
    const reversalId = this.ids.nextId();
    const encode = reencoder(definition, this.registry.findFor({ ...header, sagaId: reversalId }));
    // Texts of people must not be readable beside encrypted contexts.
    const message = definition.codec.encrypts === true ? 'reversed' : `reversed by ${by}${why}`;
    const undo = state.undo.map((item) => toUndone(item, encode));
    return this.start(
      {
        sagaId: reversalId,
        saga: header.saga,
        version: header.version,
        key: `reverse:${sagaId}`,
        context: encode(state.context, 'context'),
        metadata: header.metadata,
        owner: undefined,
        tags: header.tags,
        reverses: sagaId,
        path: { reversal: { undo, message } },
      },
      definition,
    );
  }

  private async start(saga: NewSaga, definition: SagaDefinition): Promise<StartedSaga> {
    const deadline = this.clock.monotonicNow() + requestTimeoutMs;
    const limit = { mayKeepTrying: () => this.clock.monotonicNow() < deadline };
    try {
      const result = await this.worker.writer.start(saga, limit);
      const { sagaId } = result.kind === 'started' ? saga : result.header;
      if (result.kind === 'exists' && result.header.reverses !== saga.reverses)
        throw new SagaConflictError(sagaId, saga.saga, 'key');
      this.worker.lookForWork();
      const end = this.worker.running.get(sagaId)?.end;
      return { sagaId, definition, version: saga.version, isFresh: false, end };
    } catch (error) {
      throw error instanceof StopRun ? error.cause : error;
    }
  }

  private definitionOf(header: SagaHeader): SagaDefinition {
    const definition = this.registry.findFor(header);
    if (definition !== undefined) return definition;
    const known = this.registry.identities.map(({ saga, version }) => `${saga} version ${version}`);
    throw new SagaNotRegisteredError(
      `"${header.saga}" version ${header.version}`,
      known,
      'Ask a process that has this saga',
    );
  }
}

function checkReversible(definition: SagaDefinition, { header, entries }: LoadedSaga): SagaState {
  const { sagaId, status } = header;
  if (status !== SagaStatus.Completed)
    throw new SagaStatusError(sagaId, 'reverse', status, 'Only a saga that has completed can be reversed');
  const state = foldJournal(header, entries);
  if (state.isPastPivot) throw new SagaPastPivotError(sagaId, 'reverse');
  const problem = fits(definition, state);
  if (problem !== undefined)
    throw new SagaStatusError(sagaId, 'reverse', status, `Its steps changed: ${problem}`);
  return state;
}

type Encode = (json: Json, path: string) => Json;

/** A codec may bind each value to its execution, so the values are encoded again for the reversal. */
function reencoder({ codec }: SagaDefinition, target: SagaDefinition | undefined): Encode {
  if (codec === jsonContextCodec || target === undefined) return (json) => json;
  return (json, path) => target.codec.encode(codec.decode(json), path);
}

function toUndone({ failedAttempts: _attempts, response, ...item }: UndoItem, encode: Encode): UndoneStep {
  return response === undefined ? item : { ...item, response: encode(response, 'response') };
}
