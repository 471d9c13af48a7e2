import type { Span } from '@opentelemetry/api';
import { SpanStatusCode } from '@opentelemetry/api';
import { recordError } from '@nest-saga/core/engine';
import { SagaAttribute } from './attributes.js';

/** The code of an attempt that its time limit ended. */
export const timedOutCode = 'SAGA_STEP_TIMED_OUT';

/** How an attempt ended, as spans and metrics tell it. */
export type AttemptOutcome = 'completed' | 'failed' | 'timed-out' | 'let-go';

/** The outcome of an attempt that was recorded. */
export function outcomeOf(result: {
  readonly status: 'completed' | 'failed';
  readonly error?: { readonly code?: string };
}): AttemptOutcome {
  if (result.status === 'completed') return 'completed';
  return result.error?.code === timedOutCode ? 'timed-out' : 'failed';
}

/** Which attempt of a saga a result is of. */
export interface AttemptIdentity {
  readonly step: string;
  readonly action: 'act' | 'compensate';
  readonly attempt: number;
}

/**
 * The span of one attempt. Only what becomes of the attempt says how the span ends, never the handler: one that obeys
 * its signal fails before anybody has recorded that its time was over, and what one returns may not be storable. But
 * the span is over when the handler was, however long the record takes.
 */
export class StepSpan {
  private isEnded = false;
  private settledAt: number | undefined;

  constructor(
    readonly span: Span,
    private readonly identity: AttemptIdentity,
  ) {}

  isOf({ step, action, attempt }: AttemptIdentity): boolean {
    return (
      this.identity.step === step && this.identity.action === action && this.identity.attempt === attempt
    );
  }

  /** The handler has ended. */
  settle(): void {
    this.settledAt ??= performance.now();
  }

  end(outcome: AttemptOutcome, error?: unknown): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.span.setAttribute(SagaAttribute.Outcome, outcome);
    if (outcome === 'failed' || outcome === 'timed-out') markFailed(this.span, error);
    this.span.end(this.settledAt);
  }
}

/** Says what went wrong: a name or a code and a bounded message, never a stack. */
export function markFailed(span: Span, error?: unknown): void {
  if (error === undefined) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    return;
  }
  const { name, code, message } = recordError(error);
  span.setAttribute(SagaAttribute.ErrorType, code ?? name);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
