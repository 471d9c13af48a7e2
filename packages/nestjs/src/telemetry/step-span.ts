import type { Span } from '@opentelemetry/api';
import { SpanStatusCode } from '@opentelemetry/api';
import { recordError } from '@nest-saga/core/engine';
import { SagaAttribute } from './attributes.js';

/** The code of an attempt that was ended by its time limit. */
export const timedOutCode = 'SAGA_STEP_TIMED_OUT';

/** How an attempt ended, for spans and metrics. */
export type AttemptOutcome = 'completed' | 'failed' | 'timed-out' | 'stopped';

/** The outcome of an attempt that was recorded. */
export function outcomeOf(result: {
  readonly status: 'completed' | 'failed';
  readonly error?: { readonly code?: string };
}): AttemptOutcome {
  if (result.status === 'completed') return 'completed';
  return result.error?.code === timedOutCode ? 'timed-out' : 'failed';
}

/** Identifies the attempt of a result. */
export interface AttemptIdentity {
  readonly step: string;
  readonly action: 'act' | 'compensate';
  readonly attempt: number;
}

/**
 * The span of one attempt. The recorded result decides how the span ends, not the handler: a handler that obeys its
 * signal fails before the timeout is recorded, and the response of a handler may not be storable. The duration of the
 * span is that of the handler, even if recording takes longer.
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

/** Records the reason of a failure: a name or a code and a bounded message, never a stack. */
export function markFailed(span: Span, error?: unknown): void {
  if (error === undefined) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    return;
  }
  const { name, code, message } = recordError(error);
  span.setAttribute(SagaAttribute.ErrorType, code ?? name);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
