import { Catch, HttpStatus, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { SagaError } from '@nest-saga/nestjs';
import type { HttpResponse } from './http-response.js';

/** What an error of the sagas means to an HTTP client. By code: messages are for people. */
const statuses: Readonly<Record<string, HttpStatus>> = {
  SAGA_INVALID_ARGUMENT: HttpStatus.BAD_REQUEST,
  SAGA_CONTEXT_NOT_STORABLE: HttpStatus.BAD_REQUEST,
  SAGA_NOT_FOUND: HttpStatus.NOT_FOUND,
  SAGA_STATUS_REFUSED: HttpStatus.CONFLICT,
  // One key for two different orders: 422, as the draft of the Idempotency-Key header wants it.
  SAGA_CONFLICT: HttpStatus.UNPROCESSABLE_ENTITY,
  SAGA_BUSY: HttpStatus.SERVICE_UNAVAILABLE,
  SAGA_SHUTTING_DOWN: HttpStatus.SERVICE_UNAVAILABLE,
  SAGA_STORAGE_FAILED: HttpStatus.SERVICE_UNAVAILABLE,
};

/** Answers errors of the sagas with the HTTP status that they mean. */
@Catch(SagaError)
export class SagaErrorFilter implements ExceptionFilter<SagaError> {
  private readonly logger = new Logger(SagaErrorFilter.name);

  catch(error: SagaError, host: ArgumentsHost): void {
    const statusCode = statuses[error.code] ?? HttpStatus.INTERNAL_SERVER_ERROR;
    const isKnown = error.code in statuses;
    if (!isKnown) this.logger.error(error.message, error.stack);
    const response = host.switchToHttp().getResponse<HttpResponse>();
    response.status(statusCode).json({
      statusCode,
      code: error.code,
      message: isKnown ? error.message : 'Internal server error',
    });
  }
}
