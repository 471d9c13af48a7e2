import { checkSize } from '../context/context-codec.js';
import type { ContextCodec, Json } from '../context/context-codec.js';
import type { SagaSignal } from '../definition/saga-signal.js';
import { checkPayload, isSagaSignal } from '../definition/saga-signal.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { SagaStatusError } from '../errors/saga-status-error.js';
import { isAwaited } from '../execution/awaited-signal.js';
import type { JournalEntry, SignalReceived } from '../journal/journal-entry.js';
import { isTerminal } from '../journal/saga-status.js';
import { waitAt } from '../journal/stage-steps.js';
import { checkNames } from '../options/check-names.js';
import type { RequestedSaga, SagaRequest, SagaTarget } from './saga-request.js';
import { saysTheSame } from './saga-request.js';
import { checkSagaId, checkText } from './start-options.js';

/** The options of one signal. */
export interface SignalOptions {
  /** A signal of this name with this id is kept once, however often it is sent: 1 to 200 characters. */
  readonly dedupeId?: string;
  /** The sender, kept in the journal: 1 to 200 characters. */
  readonly actor?: string;
}

/** The maximum number of signals of a saga that no wait has taken. */
const maximumUntaken = 1_000;
const knownOptions = ['dedupeId', 'actor'];

/**
 * The request that sends a signal to a saga.
 *
 * @throws InvalidArgumentError if it is not a signal, or the signal does not accept the payload.
 */
export async function signalRequest(
  signal: SagaSignal,
  given: unknown,
  options: SignalOptions = {},
): Promise<SagaRequest> {
  return receivedRequest(draftOf(signal, options), await checkPayload(signal, given));
}

/**
 * The entry of a signal that is sent as a message: see `deliveredSignal`.
 *
 * @throws InvalidArgumentError as `signalRequest` does.
 */
export async function encodedSignal(
  codec: ContextCodec,
  signal: SagaSignal,
  given: unknown,
  options: SignalOptions = {},
): Promise<SignalReceived> {
  const draft = draftOf(signal, options);
  const payload = await checkPayload(signal, given);
  return payload === undefined ? draft : { ...draft, payload: encode(codec, payload) };
}

function draftOf(signal: SagaSignal, options: SignalOptions): SignalReceived {
  if (!isSagaSignal(signal)) throw new InvalidArgumentError('signal', 'pass what sagaSignal() gives');
  const { dedupeId, actor } = checkNames('options', options, knownOptions);
  return {
    kind: 'signal-received',
    name: checkText('signal', signal.name, 100),
    ...(dedupeId === undefined ? {} : { dedupeId: checkText('dedupeId', dedupeId, 200) }),
    ...(actor === undefined ? {} : { actor: checkText('actor', actor, 200) }),
  };
}

/** The request that appends a signal that came as a message: its payload is encoded already. */
export function deliveredSignal(id: string, entry: SignalReceived): SagaRequest {
  return receivedRequest({ ...entry, dedupeId: entry.dedupeId ?? id }, undefined);
}

function receivedRequest(draft: SignalReceived, payload: unknown): SagaRequest {
  let written = draft;
  return {
    name: 'signal',
    draft,
    isForAnySaga: true,
    isWanted: (saga) => isWanted(draft, saga),
    complete: (saga) => (written = completed(draft, payload, saga)),
    isSame: (stored) => saysTheSame(written, ['name', 'payload', 'dedupeId', 'actor'])(stored),
  };
}

/** @throws InvalidArgumentError */
export function checkTarget(target: SagaTarget): SagaTarget {
  if (typeof target === 'string') return checkSagaId(target);
  const { saga, key } = checkNames('target', target, ['saga', 'key']);
  return { saga: checkText('target.saga', saga, 100), key: checkText('target.key', key, 200) };
}

function isWanted(draft: SignalReceived, { sagaId, state, entries }: RequestedSaga): boolean {
  if (wasReceived(draft, entries)) return false;
  if (state.direction === 'backward' || isTerminal(state.status))
    throw new SagaStatusError(
      sagaId,
      'signal',
      state.status,
      'Signals are taken while a saga goes forward; send it to another one, or let it be',
    );
  if (state.signals.length < maximumUntaken) return true;
  throw new SagaStatusError(
    sagaId,
    'signal',
    state.status,
    `It has ${maximumUntaken} signals that nothing has taken; check that it waits for "${draft.name}"`,
  );
}

/** Whether a signal of the same name and id is in the journal, taken or not. */
function wasReceived({ name, dedupeId }: SignalReceived, entries: readonly JournalEntry[]): boolean {
  if (dedupeId === undefined) return false;
  return entries.some(
    (entry) => entry.kind === 'signal-received' && entry.name === name && entry.dedupeId === dedupeId,
  );
}

function completed(draft: SignalReceived, payload: unknown, saga: RequestedSaga): SignalReceived {
  const { state, definition } = saga;
  const encoded = payload === undefined ? draft : { ...draft, payload: encode(definition.codec, payload) };
  if (state.wait?.for !== 'signal') return encoded;
  // A process in which the saga is not registered wakes it in any case: if the wait is not over, the next owner parks
  // it again.
  const wait = waitAt(definition, state.stage);
  return wait === undefined || isAwaited(wait, draft) ? { ...encoded, wakes: true } : encoded;
}

function encode(codec: ContextCodec, payload: unknown): Json {
  const json = codec.encode(payload, 'payload');
  checkSize(json, 'payload');
  return json;
}
