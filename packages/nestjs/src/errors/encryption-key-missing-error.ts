import { SagaError } from '@nest-saga/core';

/** A stored value was encrypted with a key that this process does not have. */
export class EncryptionKeyMissingError extends SagaError {
  readonly code = 'SAGA_ENCRYPTION_KEY_MISSING';

  constructor(readonly key: string) {
    super(
      `The key "${key}" is missing: list it in the keys of aesGcmCodec() for as long as there are sagas that it encrypted.`,
    );
  }
}
