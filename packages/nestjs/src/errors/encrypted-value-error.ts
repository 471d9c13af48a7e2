import { SagaError } from '@nest-saga/core';

/** A stored value cannot be decrypted: it was changed, or belongs to another saga, or is not encrypted. */
export class EncryptedValueError extends SagaError {
  readonly code = 'SAGA_ENCRYPTED_VALUE_REFUSED';
}
