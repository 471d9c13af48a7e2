import type { ContextCodec } from '../context/context-codec.js';
import type { SagaDefinition } from '../definition/saga-definition.js';
import type { SagaIdentity } from '../definition/saga-registry.js';
import { sagaDefaults } from '../options/defaults.js';

/** A definition for a saga that is not registered in this process. */
export function undefinedSaga({ saga: name, version }: SagaIdentity, codec: ContextCodec): SagaDefinition {
  return {
    name,
    version,
    context: undefined,
    codec,
    maximumRecoveryAttempts: sagaDefaults.recovery.maximumRecoveryAttempts,
    deadlineMs: undefined,
    stages: [],
    choices: [],
  };
}
