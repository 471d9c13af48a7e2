import type { SagaHeader } from '@nest-saga/core';
import type { SagaRegistry, SagaStanding } from '@nest-saga/core/engine';
import { jsonContextCodec } from '@nest-saga/core';
import { hydrate } from '@nest-saga/core/engine';

/** One execution of a saga: a read-only view of where it stands. */
export interface SagaExecution<Context = unknown> extends Omit<SagaHeader, 'context'> {
  /** The context as the last step left it. */
  readonly context: Context;
  /** The context it was started with. */
  readonly startContext: Context;
  /**
   * The id of the step that runs, waits for its next attempt, or got it STUCK; while it is undone, of the one whose
   * compensation does. Undefined before the first and behind the last one, and if this process does not know the saga.
   */
  readonly step: string | undefined;
  /** Since when it has this status and stands at this step, by the clock of the storage. */
  readonly since: Date;
  /**
   * How often it was claimed after a crash since it last got on. Undefined if this process does not know the saga.
   */
  readonly recoveries: number | undefined;
}

/** The view of a saga. If the saga is not registered in this process, its contexts are read with the default codec. */
export function toExecution(standing: SagaStanding, registry: SagaRegistry): SagaExecution {
  const { header, context, step, since, recoveries } = standing;
  const definition = registry.find(header.saga, header.version);
  const codec = definition?.codec ?? jsonContextCodec;
  const read = (json: string): unknown => hydrate(definition?.context, codec.decode(json));
  return { ...header, context: read(context), startContext: read(header.context), step, since, recoveries };
}
