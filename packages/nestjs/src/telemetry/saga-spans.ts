import type { Attributes, Context, Span, Tracer } from '@opentelemetry/api';
import { context, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import type {
  StartInterceptor,
  StartReference,
  StepAttemptReference,
  StepInterceptor,
} from '@nest-saga/core/engine';
import type { SagaLifecycleEvent, SagaReference, SagaStepResult } from '@nest-saga/core';
import { SagaAttribute } from './attributes.js';
import { markFailed, outcomeOf, StepSpan } from './step-span.js';
import { fromMetadata, toMetadata } from './trace-metadata.js';

interface RunningSaga {
  readonly span: Span;
  readonly context: Context;
  /** The spans of attempts that have no recorded result yet. */
  readonly steps: Set<StepSpan>;
}

/**
 * The spans of sagas. A start is a span in the caller's trace, and this trace travels with the saga. Each run of the
 * saga in a process is a span below it, and each attempt of a step is a span below that run.
 */
export class SagaSpans implements StartInterceptor, StepInterceptor {
  private readonly running = new Map<string, RunningSaga>();

  constructor(private readonly tracer: Tracer) {}

  async interceptStart<Result>(
    start: StartReference,
    call: (metadata: Readonly<Record<string, string>>) => Promise<Result>,
  ): Promise<Result> {
    const parent = fromMetadata(start.metadata, context.active());
    const kind = start.isQueued ? SpanKind.PRODUCER : SpanKind.INTERNAL;
    const span = this.tracer.startSpan(
      `start ${start.saga}`,
      { kind, attributes: identityOf(start) },
      parent,
    );
    const inSpan = trace.setSpan(parent, span);
    try {
      return await context.with(inSpan, () => call({ ...start.metadata, ...toMetadata(inSpan) }));
    } catch (error) {
      markFailed(span, error);
      throw error;
    } finally {
      span.end();
    }
  }

  async intercept<Result>(attempt: StepAttemptReference, call: () => Promise<Result>): Promise<Result> {
    const { run, saga, version, action, metadata } = attempt;
    const running = this.running.get(run.sagaId);
    const parent = running?.context ?? fromMetadata(metadata);
    const attributes: Attributes = {
      ...identityOf({ sagaId: run.sagaId, saga, version }),
      [SagaAttribute.Step]: run.step,
      [SagaAttribute.Action]: action,
      [SagaAttribute.Attempt]: run.attempt,
    };
    const span = this.tracer.startSpan(`${action} ${run.step}`, { attributes }, parent);
    const step = new StepSpan(span, { step: run.step, action, attempt: run.attempt });
    running?.steps.add(step);
    try {
      return await context.with(trace.setSpan(parent, span), call);
    } finally {
      step.settle();
      // The run stopped in the meantime: no later event ends this span.
      if (running === undefined || this.running.get(run.sagaId) !== running) step.end('stopped');
    }
  }

  /** Starts a span when this process starts to run a saga. Returns the context of the event. */
  before(event: SagaLifecycleEvent): Context {
    if (event.type === 'claimed' || (event.type === 'started' && !event.isQueued)) this.begin(event);
    const running = this.running.get(event.sagaId);
    if (running !== undefined) return running.context;
    return 'metadata' in event ? fromMetadata(event.metadata) : ROOT_CONTEXT;
  }

  /** Ends the spans that end with the event. */
  after(event: SagaLifecycleEvent): void {
    const running = this.running.get(event.sagaId);
    if (running === undefined) return;
    switch (event.type) {
      case 'step':
        return this.endStep(running, event.result);
      case 'compensating':
        return void running.span.addEvent('compensating');
      case 'completed':
        return this.end(event, running, 'completed');
      case 'failed':
        return this.end(event, running, 'failed', event.failure);
      case 'stuck':
        return this.end(event, running, 'stuck', event.stuck);
      case 'stopped':
        running.span.setAttribute(SagaAttribute.StopReason, event.reason);
        return this.end(event, running, 'stopped');
      default:
    }
  }

  private begin(event: Extract<SagaLifecycleEvent, { type: 'started' | 'claimed' }>): void {
    const parent = fromMetadata(event.metadata);
    const kind = event.type === 'claimed' ? SpanKind.CONSUMER : SpanKind.INTERNAL;
    const isRecovery = event.type === 'claimed' && event.isRecovery;
    const attributes = { ...identityOf(event), [SagaAttribute.Recovery]: isRecovery };
    const span = this.tracer.startSpan(`saga ${event.saga}`, { kind, attributes }, parent);
    // The saga returned before its last run has ended here: that run gets no more events.
    const last = this.running.get(event.sagaId);
    if (last !== undefined) endSpans(last);
    this.running.set(event.sagaId, { span, context: trace.setSpan(parent, span), steps: new Set() });
  }

  private endStep(running: RunningSaga, result: SagaStepResult): void {
    for (const step of running.steps) {
      if (!step.isOf(result)) continue;
      running.steps.delete(step);
      step.end(outcomeOf(result), result.error);
    }
  }

  private end(
    { sagaId }: SagaReference,
    running: RunningSaga,
    outcome: string,
    cause?: { readonly message: string; readonly errorName?: string; readonly code?: string },
  ): void {
    const { span } = running;
    this.running.delete(sagaId);
    span.setAttribute(SagaAttribute.Outcome, outcome);
    if (cause !== undefined) {
      const { errorName = 'Error', message, code } = cause;
      markFailed(span, { name: errorName, message, code });
    }
    endSpans(running);
  }
}

/** An attempt that is still open gets no result in this run. */
function endSpans({ span, steps }: RunningSaga): void {
  for (const step of steps) step.end('stopped');
  span.end();
}

function identityOf({ sagaId, saga, version }: SagaReference): Attributes {
  return { [SagaAttribute.Name]: saga, [SagaAttribute.Version]: version, [SagaAttribute.Id]: sagaId };
}
