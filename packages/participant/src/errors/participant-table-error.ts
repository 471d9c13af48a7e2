import { HttpStatus } from '@nestjs/common';
import { ParticipantError } from './participant-error.js';

/** The table of the barrier is not there, and this start must not or may not create it. */
export class ParticipantTableError extends ParticipantError {
  readonly code = 'SAGA_PARTICIPANT_TABLE';

  constructor(
    readonly schema: string,
    options?: ErrorOptions,
  ) {
    super(
      HttpStatus.INTERNAL_SERVER_ERROR,
      'SAGA_PARTICIPANT_TABLE',
      `The table "${schema}".saga_participant is missing. Create it in one of three ways: with the option migrations: ` +
        "'auto' and a role that may create tables; with a TypeORM migration, `class AddSagaParticipant1767225600000 " +
        `extends SagaParticipantMigration {}\`; or with the statements of participantMigrationSql({ schema: '${schema}' }).`,
      options,
    );
  }
}
