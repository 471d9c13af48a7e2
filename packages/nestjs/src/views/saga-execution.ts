import type { SagaHeader } from '@nest-saga/core';
import type { SagaRegistry } from '@nest-saga/core/engine';
import { jsonContextCodec } from '@nest-saga/core';
import { hydrate } from '@nest-saga/core/engine';

/** Where one execution of a saga stands: a view of its header that can be read, not changed. */
export interface SagaExecution<Context = unknown> extends Omit<SagaHeader, 'context'> {
  /** The context it was started with. */
  readonly context: Context;
}

/** The view of a header. A saga that is not registered here is read with the default codec. */
export function toExecution(header: SagaHeader, registry: SagaRegistry): SagaExecution {
  const definition = registry.find(header.saga, header.version);
  const codec = definition?.codec ?? jsonContextCodec;
  return { ...header, context: hydrate(definition?.context, codec.decode(header.context)) };
}
