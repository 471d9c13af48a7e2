import type { ContextCodec, Json } from '../context/context-codec.js';
import { jsonContextCodec } from '../context/context-codec.js';
import type { RecordedError } from '../errors/recorded-error.js';
import type { StepEntry } from './journal-entry.js';

/** One attempt of a step as a stream shows it, after it is durable. */
export interface SagaStepResult {
  readonly sagaId: string;
  /** The saga's name. */
  readonly saga: string;
  /** Its place in the journal: grows without repeating, though not by one, and is the place to resume a stream from. */
  readonly seq: number;
  /** The step's id. */
  readonly step: string;
  readonly action: 'act' | 'compensate';
  readonly status: 'completed' | 'failed';
  /** From 1. */
  readonly attempt: number;
  /** What the act returned. */
  readonly response?: unknown;
  readonly error?: RecordedError;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** The attempt failed and there will be another one. */
  readonly willRetry: boolean;
}

/** The entry of a step's attempt as a result for a stream. */
export function toStepResult(
  saga: { readonly sagaId: string; readonly saga: string; readonly codec: ContextCodec },
  entry: StepEntry,
): SagaStepResult {
  const isAct = entry.kind === 'act-completed' || entry.kind === 'act-failed';
  const isFailed = entry.kind === 'act-failed' || entry.kind === 'compensation-failed';
  const result: Writable<SagaStepResult> = {
    sagaId: saga.sagaId,
    saga: saga.saga,
    seq: entry.seq,
    step: entry.step,
    action: isAct ? 'act' : 'compensate',
    status: isFailed ? 'failed' : 'completed',
    attempt: entry.attempt,
    startedAt: entry.startedAt,
    finishedAt: entry.finishedAt,
    willRetry: isFailed && entry.next === 'retry',
  };
  if (isFailed) result.error = entry.error;
  if (!('response' in entry) || entry.response === undefined) return result;
  const { response } = entry;
  if (isDecodedAtOnce(saga.codec, response)) {
    result.response = saga.codec.decode(response);
    return result;
  }
  return Object.defineProperty(result, 'response', decodedOnDemand(saga.codec, response));
}

type Writable<Type> = { -readonly [Property in keyof Type]: Type[Property] };

// A short text is decoded in less time than it takes to make a property that does it later. Whether another codec is
// as quick, or throws, nobody knows.
function isDecodedAtOnce(codec: ContextCodec, json: Json): boolean {
  return codec === jsonContextCodec && json.length <= 256;
}

// Most of those who are told a result, a log for example, never look at the response.
function decodedOnDemand(codec: ContextCodec, json: Json): PropertyDescriptor & ThisType<unknown> {
  let decoded: unknown;
  let isDecoded = false;
  return {
    enumerable: true,
    configurable: true,
    get: () => {
      if (!isDecoded) decoded = codec.decode(json);
      isDecoded = true;
      return decoded;
    },
  };
}
