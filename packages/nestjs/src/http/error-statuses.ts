import { HttpStatus } from '@nestjs/common';

/**
 * What an error means to an HTTP client, by its code: messages are for people. Every other code is a mistake of the
 * server, or of its operator.
 */
export const errorStatuses: ReadonlyMap<string, HttpStatus> = new Map([
  ['SAGA_INVALID_ARGUMENT', HttpStatus.BAD_REQUEST],
  ['SAGA_CONTEXT_NOT_STORABLE', HttpStatus.BAD_REQUEST],
  ['SAGA_NOT_FOUND', HttpStatus.NOT_FOUND],
  ['SAGA_STATUS_REFUSED', HttpStatus.CONFLICT],
  // One key for two business actions: 422, as the draft of the Idempotency-Key header wants it.
  ['SAGA_CONFLICT', HttpStatus.UNPROCESSABLE_ENTITY],
  // Nothing is wrong with the request: the same one can be taken later, or by another process.
  ['SAGA_BUSY', HttpStatus.SERVICE_UNAVAILABLE],
  ['SAGA_SHUTTING_DOWN', HttpStatus.SERVICE_UNAVAILABLE],
  ['SAGA_STORAGE_FAILED', HttpStatus.SERVICE_UNAVAILABLE],
]);
