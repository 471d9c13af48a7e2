import type { ContextCodec, Json } from '../context/context-codec.js';
import { jsonContextCodec } from '../context/context-codec.js';
import type { SagaDefinition } from '../definition/saga-definition.js';
import { stepsOf } from '../definition/saga-definition.js';
import { isStep } from '../definition/saga-step.js';
import type { RecordedError } from '../errors/recorded-error.js';
import type { EmittedEvent } from './emitted-events.js';
import { decodeEvents } from './emitted-events.js';
import type { StepEntry } from './journal-entry.js';

/** One attempt of a step on a stream, published after it is durable. */
export interface SagaStepResult {
  readonly sagaId: string;
  /** The saga's name. */
  readonly saga: string;
  /** The `seq` of its entry: it grows without repeating, though not by one, and a stream can be resumed from it. */
  readonly seq: number;
  /** The id of the step. */
  readonly step: string;
  /** The number of its stage, from 1. Undefined if the saga does not have this step any more. */
  readonly position: number | undefined;
  /** The number of stages: "step 2 of 5". A fallback and its alternative are one stage. */
  readonly total: number;
  readonly action: 'act' | 'compensate';
  readonly status: 'completed' | 'failed';
  /** From 1. */
  readonly attempt: number;
  /** The response of the act. */
  readonly response?: unknown;
  /** The events that the step emitted with `run.emit()`, as plain values with the names of their classes. */
  readonly events?: readonly EmittedEvent[];
  readonly error?: RecordedError;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** The attempt failed, and another one follows. */
  readonly willRetry: boolean;
}

/** The entry of a step's attempt as a result for a stream. */
export function toStepResult(sagaId: string, definition: SagaDefinition, entry: StepEntry): SagaStepResult {
  const isAct = entry.kind === 'act-completed' || entry.kind === 'act-failed';
  const isFailed = entry.kind === 'act-failed' || entry.kind === 'compensation-failed';
  const result: Writable<SagaStepResult> = {
    sagaId,
    saga: definition.name,
    seq: entry.seq,
    step: entry.step,
    position: positionOf(definition, entry.step),
    total: definition.stages.length,
    action: isAct ? 'act' : 'compensate',
    status: isFailed ? 'failed' : 'completed',
    attempt: entry.attempt,
    startedAt: entry.startedAt,
    finishedAt: entry.finishedAt,
    willRetry: isFailed && entry.next === 'retry',
  };
  if (isFailed) result.error = entry.error;
  const { codec } = definition;
  if ('events' in entry && entry.events !== undefined) {
    const { events } = entry;
    Object.defineProperty(
      result,
      'events',
      onDemand(() => decodeEvents(codec, events)),
    );
  }
  if (!('response' in entry) || entry.response === undefined) return result;
  const { response } = entry;
  if (isDecodedAtOnce(codec, response)) {
    result.response = codec.decode(response);
    return result;
  }
  return Object.defineProperty(
    result,
    'response',
    onDemand(() => codec.decode(response)),
  );
}

function positionOf({ stages }: SagaDefinition, id: string): number | undefined {
  const index = stages.findIndex((stage) => stepsOf(stage).some((step) => isStep(step, id)));
  return index < 0 ? undefined : index + 1;
}

type Writable<Type> = { -readonly [Property in keyof Type]: Type[Property] };

// hot path: a short text is decoded faster than a lazy property is made. Other codecs may be slower, or may throw.
function isDecodedAtOnce(codec: ContextCodec, json: Json): boolean {
  return codec === jsonContextCodec && json.length <= 256;
}

// Most observers of a result, for example a log, never read its values.
function onDemand(decode: () => unknown): PropertyDescriptor & ThisType<unknown> {
  let decoded: unknown;
  let isDecoded = false;
  return {
    enumerable: true,
    configurable: true,
    get: () => {
      if (!isDecoded) decoded = decode();
      isDecoded = true;
      return decoded;
    },
  };
}
