import type { SagaSignal } from './saga-signal.js';
import type { Approval, DeclaredWait, DelayLength, OnTimeout, WaitFor } from './waits.js';

/** A wait of a checked saga, with all defaults filled in. */
export type WaitDefinition = DelayDefinition | SignalWaitDefinition | ApprovalDefinition;

interface WaitBase {
  readonly id: string;
  readonly aliases: readonly string[];
}

/** A checked delay. */
export interface DelayDefinition extends WaitBase {
  readonly for: 'delay';
  readonly length: DelayLength<unknown>;
}

/** A checked wait for signals. */
export interface SignalWaitDefinition extends WaitBase {
  readonly for: 'signal';
  readonly signals: readonly SagaSignal[];
  /** Undefined: without a limit. */
  readonly timeoutMs: number | undefined;
  readonly onTimeout: OnTimeout;
  readonly apply: ((context: unknown, taken: { signal: string; payload: unknown }) => unknown) | undefined;
}

/** A checked approval. */
export interface ApprovalDefinition extends WaitBase {
  readonly for: 'approval';
  readonly timeoutMs: number | undefined;
  readonly onTimeout: OnTimeout;
  readonly onReject: OnTimeout;
  /** Undefined: every actor may decide. */
  readonly roles: readonly string[] | undefined;
  readonly title: ((context: unknown) => unknown) | undefined;
  readonly notBy: ((context: unknown) => unknown) | undefined;
}

/** Fills in the defaults of a checked wait. Its functions are only called with the context of its saga. */
export function fillWait(declared: DeclaredWait): WaitDefinition {
  const { id, aliases = [] } = declared;
  const base = { id, aliases: Object.freeze([...aliases]) };
  switch (declared.kind) {
    case 'delay':
      return Object.freeze({ ...base, for: 'delay', length: declared.length as DelayLength<unknown> });
    case 'wait-for':
      return Object.freeze({ ...base, ...fillSignals(declared) });
    case 'approval':
      return Object.freeze({ ...base, ...fillApproval(declared) });
  }
}

function fillSignals(declared: WaitFor): Omit<SignalWaitDefinition, keyof WaitBase> {
  const { signals, timeoutMs, onTimeout = 'compensate' } = declared;
  return {
    for: 'signal',
    signals: Object.freeze([...signals]),
    timeoutMs,
    onTimeout,
    apply: declared.apply as SignalWaitDefinition['apply'],
  };
}

function fillApproval(declared: Approval): Omit<ApprovalDefinition, keyof WaitBase> {
  const { timeoutMs, onTimeout = 'compensate', onReject = 'compensate', roles } = declared;
  return {
    for: 'approval',
    timeoutMs,
    onTimeout,
    onReject,
    roles: roles && Object.freeze([...roles]),
    title: declared.title as ApprovalDefinition['title'],
    notBy: declared.notBy as ApprovalDefinition['notBy'],
  };
}
