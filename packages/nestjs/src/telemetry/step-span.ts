import type { Span } from '@opentelemetry/api';
import { SpanStatusCode } from '@opentelemetry/api';
import { recordError } from '@nest-saga/core';
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

/** The span of one attempt. It ends once: with the handler, or with the attempt where the handler goes on and on. */
export class StepSpan {
  private isEnded = false;

  constructor(readonly span: Span) {}

  end(outcome: AttemptOutcome, error?: unknown): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.span.setAttribute(SagaAttribute.Outcome, outcome);
    if (outcome !== 'completed') markFailed(this.span, error);
    this.span.end();
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
