import { Catch, HttpStatus, Logger } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { SagaError } from '@nest-saga/core';
import { throwError } from 'rxjs';
import { describeError } from '../logging/describe-error.js';
import { errorStatuses } from './error-statuses.js';
import { ThrownSagaError } from './thrown-saga-error.js';

/** The common part of the responses of Express and Fastify; Fastify keeps Node's own under `raw`. */
type PlatformResponse = { status(code: number): { send(body: object): unknown } } & (
  NodeResponse | { readonly raw: NodeResponse }
);

/** The part of a WebSocket gateway's client that Nest's own filter uses. */
interface GatewayClient {
  emit(event: string, answer: object): unknown;
}

interface NodeResponse {
  readonly headersSent: boolean;
  end(): unknown;
}

/**
 * Answers the errors of sagas with their HTTP statuses, on Express and on Fastify: 400, 404, 409, 422 and 503 with the
 * code and the text of the error, and 500 without a text if only the log may contain it. Other errors are left to other
 * filters. A client of a WebSocket gateway gets the event `exception` with the same code and text, as from Nest's own
 * filter. If the handler answers neither, its error is thrown.
 *
 * @example
 * ```ts
 * app.useGlobalFilters(new SagaExceptionFilter());
 * ```
 */
@Catch(ThrownSagaError)
export class SagaExceptionFilter implements ExceptionFilter<SagaError> {
  private readonly logger = new Logger('SagaErrors');

  catch(error: SagaError, host: ArgumentsHost): unknown {
    const type = host.getType();
    // A microservice expects an Observable as its answer, and would end if a filter threw an error.
    if (type === 'rpc') return throwError(() => error);
    if (type !== 'http' && type !== 'ws') throw error;
    const statusCode = errorStatuses.get(error.code) ?? HttpStatus.INTERNAL_SERVER_ERROR;
    this.log(error, statusCode);
    const isForClients = statusCode !== HttpStatus.INTERNAL_SERVER_ERROR;
    const message = isForClients ? error.message : 'Internal server error';
    if (type === 'ws') {
      host
        .switchToWs()
        .getClient<GatewayClient>()
        .emit('exception', { status: 'error', code: error.code, message });
      return undefined;
    }
    const response = host.switchToHttp().getResponse<PlatformResponse>();
    const raw = 'raw' in response ? response.raw : response;
    if (raw.headersSent) {
      raw.end();
      return undefined;
    }
    response.status(statusCode).send({ statusCode, code: error.code, message });
    return undefined;
  }

  /** Mistakes of clients are in their responses; a process that is busy or shuts down has logged it already. */
  private log(error: SagaError, statusCode: HttpStatus): void {
    if (statusCode === HttpStatus.INTERNAL_SERVER_ERROR) this.logger.error(describeError(error));
    else if (error.code === 'SAGA_STORAGE_FAILED') this.logger.warn(describeError(error));
  }
}
