import type { SagaHeader } from '@nest-saga/core';
import type { SagaRegistry } from '@nest-saga/core/engine';
import { jsonContextCodec } from '@nest-saga/core';
import { hydrate } from '@nest-saga/core/engine';

/** One execution of a saga: a read-only view of its header. */
export interface SagaExecution<Context = unknown> extends Omit<SagaHeader, 'context'> {
  /** The context with which it was started. */
  readonly context: Context;
}

/** The view of a header. If the saga is not registered in this process, its context is read with the default codec. */
export function toExecution(header: SagaHeader, registry: SagaRegistry): SagaExecution {
  const definition = registry.find(header.saga, header.version);
  const codec = definition?.codec ?? jsonContextCodec;
  return { ...header, context: hydrate(definition?.context, codec.decode(header.context)) };
}
