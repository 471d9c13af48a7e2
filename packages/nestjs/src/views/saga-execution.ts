import type { SagaHeader, SagaWait } from '@nest-saga/core';
import type { SagaRegistry, SagaStanding } from '@nest-saga/core/engine';
import { hydrate, placedCodec } from '@nest-saga/core/engine';

/** One execution of a saga: a read-only view of its state. */
export interface SagaExecution<Context = unknown> extends Omit<SagaHeader, 'context' | 'waiting' | 'tags'> {
  /** The context after the last step. */
  readonly context: Context;
  /** The context with which it was started. */
  readonly startContext: Context;
  /**
   * The id of the step that runs, waits for its next attempt, or is the one at which the saga is STUCK; during the undo,
   * of the step whose compensation does. Undefined before the first and after the last step, and if the saga is not
   * registered in this process.
   */
  readonly step: string | undefined;
  /** The time of the last change of its status or step, by the clock of the storage. */
  readonly since: Date;
  /**
   * The number of recoveries since its last progress. Undefined if the saga is not registered in this process.
   */
  readonly recoveries: number | undefined;
  /** What it waits for, and until when; undefined if it does not wait. */
  readonly waiting: SagaWait | undefined;
  /** The texts by which lists find it: empty if it has none. */
  readonly tags: readonly string[];
}

/** The view of a saga. If the saga is not registered in this process, its contexts are read with the module's codec. */
export function toExecution(standing: SagaStanding, registry: SagaRegistry): SagaExecution {
  const { header, context, ...rest } = standing;
  const definition = registry.findFor(header);
  const codec = definition?.codec ?? placedCodec(registry.defaultCodec, header);
  const read = (json: string): unknown => hydrate(definition?.context, codec.decode(json));
  return {
    ...header,
    tags: header.tags ?? [],
    ...rest,
    context: read(context),
    startContext: read(header.context),
  };
}
