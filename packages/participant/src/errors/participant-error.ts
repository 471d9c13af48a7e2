import { HttpException } from '@nestjs/common';
import type { HttpStatus } from '@nestjs/common';

/**
 * The base class of all errors of this package. Match on `code`, never on the message. Nest answers a request with the
 * status of the error and `{ statusCode, code, message }`; no filter is needed.
 */
export abstract class ParticipantError extends HttpException {
  /** A literal that identifies the kind of error, for example `SAGA_ACT_REFUSED`. */
  abstract readonly code: string;

  constructor(statusCode: HttpStatus, code: string, message: string, options?: ErrorOptions) {
    super({ statusCode, code, message }, statusCode, options);
  }
}
