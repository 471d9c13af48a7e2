import { SagaError } from '@nest-saga/core';

/** The encoding of the database cannot store all texts of sagas. Nothing was changed. */
export class SagaEncodingError extends SagaError {
  readonly code = 'SAGA_DATABASE_ENCODING';

  constructor(
    /** The encoding of the database, as the server reports it. */
    readonly encoding: string,
  ) {
    super(
      `The saga storage needs a database with the encoding UTF8, and this one has ${encoding}: a text that it cannot hold ` +
        `would end a saga in the middle. Create a database with ENCODING 'UTF8' and move the data there.`,
    );
  }
}
