import { HttpStatus, Logger } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  InvalidArgumentError,
  NonRetryableError,
  RecordedStepError,
  SagaConflictError,
  SagaNotFoundError,
  SagaNotRegisteredError,
  SagaStatusError,
  SagaStorageError,
} from '@nest-saga/core';
import type { SagaError } from '@nest-saga/core';
import { SagaPastPivotError } from '@nest-saga/core/engine';
import { isObservable, lastValueFrom } from 'rxjs';
import type { Observable } from 'rxjs';
import { SagaExceptionFilter } from './saga-exception.filter.js';
import { ThrownSagaError } from './thrown-saga-error.js';

const sagaId = '018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41';

/** A response as one of the platforms has it. */
class FakeResponse {
  headersSent = false;
  readonly status = jest.fn((_code: number) => this);
  readonly send = jest.fn((_body: object) => this);
  readonly end = jest.fn();
}

const platforms: readonly [string, (node: FakeResponse) => object][] = [
  ['Express', (node) => node],
  ['Fastify', (node) => ({ status: node.status, raw: node })],
];

describe('SagaExceptionFilter', () => {
  const logged: string[] = [];

  beforeEach(() => {
    logged.length = 0;
    jest.spyOn(Logger.prototype, 'error').mockImplementation((line: string) => void logged.push(line));
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: string) => void logged.push(line));
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  describe.each(platforms)('on %s', (_platform, responseOf) => {
    it.each<[HttpStatus, SagaError]>([
      [HttpStatus.BAD_REQUEST, new InvalidArgumentError('sagaId', 'pass a UUID')],
      [HttpStatus.NOT_FOUND, new SagaNotFoundError(sagaId)],
      [HttpStatus.CONFLICT, new SagaStatusError(sagaId, 'cancel', 'completed', 'It has ended')],
      [HttpStatus.CONFLICT, new SagaPastPivotError(sagaId, 'cancel')],
      [HttpStatus.UNPROCESSABLE_ENTITY, new SagaConflictError(sagaId, 'order', 'context')],
      [HttpStatus.SERVICE_UNAVAILABLE, new SagaStorageError('find', 'not-written')],
    ])('answers %i with the code and the text of the error', (statusCode, error) => {
      expect(answer(error, responseOf)).toEqual([
        [statusCode],
        [{ statusCode, code: error.code, message: error.message }],
      ]);
    });

    it.each<[string, SagaError]>([
      ['of the declarations', new SagaNotRegisteredError('the name "gift"', [], 'Declare it')],
      ['that steps throw', new NonRetryableError('the secret of the bank')],
      [
        'with a code of the application',
        new RecordedStepError({ name: 'E', message: 'no', code: 'constructor' }),
      ],
    ])('answers 500 without its text for an error %s, and logs it', (_kind, error) => {
      expect(answer(error, responseOf)).toEqual([
        [500],
        [{ statusCode: 500, code: error.code, message: 'Internal server error' }],
      ]);
      expect(logged).toEqual([expect.stringContaining(error.message)]);
    });

    it('ends a response that has begun', () => {
      const node = new FakeResponse();
      node.headersSent = true;
      new SagaExceptionFilter().catch(new SagaNotFoundError(sagaId), hostOf(responseOf(node)));
      expect(node.status).not.toHaveBeenCalled();
      expect(node.end).toHaveBeenCalledTimes(1);
    });
  });

  it('logs no mistake of a client', () => {
    answer(new SagaNotFoundError(sagaId), (node) => node);
    expect(logged).toEqual([]);
  });

  it('hands the error on where neither an HTTP request nor a WebSocket is answered', async () => {
    const error = new SagaNotFoundError(sagaId);
    const host = new ExecutionContextHost([]);
    host.setType('rpc');
    const answered = new SagaExceptionFilter().catch(error, host);
    expect(isObservable(answered)).toBe(true);
    await expect(lastValueFrom(answered as Observable<never>)).rejects.toBe(error);
    host.setType('graphql');
    expect(() => new SagaExceptionFilter().catch(error, host)).toThrow(error);
  });

  it('answers the client of a WebSocket gateway, in the form of the filter of Nest', () => {
    const emit = jest.fn();
    const host = new ExecutionContextHost([{ emit }]);
    host.setType('ws');
    for (const error of [new SagaNotFoundError(sagaId), new NonRetryableError('the secret of the bank')])
      expect(new SagaExceptionFilter().catch(error, host)).toBeUndefined();
    expect(emit.mock.calls).toEqual([
      ['exception', { status: 'error', code: 'SAGA_NOT_FOUND', message: expect.stringContaining(sagaId) }],
      [
        'exception',
        expect.objectContaining({ status: 'error', message: 'Internal server error' }) as unknown,
      ],
    ]);
    expect(logged).toEqual([expect.stringContaining('the secret of the bank')]);
  });

  it('takes the errors of every copy of the package, and no others', () => {
    const ofAnotherCopy = Object.assign(new Error('no saga'), { code: 'SAGA_NOT_FOUND' });
    for (const error of [new SagaNotFoundError(sagaId), ofAnotherCopy])
      expect(error instanceof ThrownSagaError).toBe(true);
    for (const other of [
      new Error('no'),
      Object.assign(new Error('no'), { code: 'ENOENT' }),
      undefined,
      'SAGA_',
    ])
      expect((other as unknown) instanceof ThrownSagaError).toBe(false);
  });
});

function answer(thrown: SagaError, responseOf: (node: FakeResponse) => object): readonly unknown[] {
  const node = new FakeResponse();
  const filter = new SagaExceptionFilter();
  filter.catch(thrown, hostOf(responseOf(node)));
  return [node.status.mock.calls[0], node.send.mock.calls[0]];
}

function hostOf(response: object): ExecutionContextHost {
  return new ExecutionContextHost([{}, response]);
}
