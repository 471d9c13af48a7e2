import { SagaError } from './saga-error.js';

/** A saga with this id or key exists already, and differs from the requested one. Nothing was stored. */
export class SagaConflictError extends SagaError {
  readonly code = 'SAGA_CONFLICT';

  constructor(
    readonly sagaId: string,
    readonly saga: string,
    /** The difference: the context, the saga's name, the id, the key, or none (`exists`) if the caller required a new saga. */
    readonly conflict: 'context' | 'saga' | 'id' | 'key' | 'exists',
    options?: ErrorOptions,
  ) {
    const why = {
      context: 'it was started with another context. Use a new id or key for another business action',
      saga: 'it belongs to another saga. Use a new id',
      id: 'it has this key and another id. Start it with its key alone, or use a new key',
      key: 'it does not have this key. Start it with the key that it was first started with, or use a new id',
      exists: 'the caller asked for a new one (onConflict: "reject"). Attach to it, or use a new id or key',
    }[conflict];
    super(`Saga "${saga}" ${sagaId} exists already and ${why}.`, options);
  }
}
