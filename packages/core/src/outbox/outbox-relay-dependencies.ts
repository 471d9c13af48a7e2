import type { Clock } from '../ports/clock.js';
import type { IdGenerator } from '../ports/id-generator.js';
import type { SagaListener } from '../ports/saga-listener.js';
import type { SagaOutbox } from '../ports/saga-outbox.js';
import type { Surroundings } from '../ports/surroundings.js';

/** What a relay stands on. */
export interface OutboxRelayDependencies {
  readonly outbox: SagaOutbox;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly listener: SagaListener | undefined;
  readonly surroundings: Surroundings;
  /** Whether this process runs the saga. */
  isRunning(sagaId: string): boolean;
}
