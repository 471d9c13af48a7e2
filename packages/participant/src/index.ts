export { SagaBarrier } from './barrier/saga-barrier.js';
export type { SagaBarrierOptions } from './barrier/barrier-options.js';
export type { CommandWork } from './barrier/saga-barrier.js';

export { commandHeaders, commandOf } from './command/command-headers.js';
export type { CommandHeaderSource, CommandRun } from './command/command-headers.js';
export type { SagaAction, SagaCommand } from './command/saga-command.js';

export { ActRefusedError } from './errors/act-refused-error.js';
export { CommandRetryableError } from './errors/command-retryable-error.js';
export { InvalidCommandError } from './errors/invalid-command-error.js';
export { ParticipantError } from './errors/participant-error.js';
export { ParticipantTableError } from './errors/participant-table-error.js';
export { ReplyNotStorableError } from './errors/reply-not-storable-error.js';

export { SagaBarrierModule } from './nest/saga-barrier.module.js';
export type { SagaBarrierModuleOptions } from './nest/saga-barrier.module.js';

export { participantMigrationSql, SagaParticipantMigration } from './table/participant-migration.js';
export type { ParticipantMigrationSqlOptions } from './table/participant-migration.js';
export type { ParticipantMigrationMode } from './table/prepare-table.js';
