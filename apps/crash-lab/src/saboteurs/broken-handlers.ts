import { stepsOf } from '@nest-saga/core/engine';
import type { ContextCodec, SagaDefinition, SagaStepHandler, StepDefinition, StepRun } from '@nest-saga/core';
import { mapSteps } from '../simulation/map-steps.js';
import type { TrailContext } from '../simulation/trail-context.js';
import type { Saboteur } from './saboteur.js';

/** The handler of a step, by its id. */
type Handlers = (id: string, run: StepRun) => SagaStepHandler<unknown>;

/** The same saga with other handlers. */
function withHandlers(
  definition: SagaDefinition,
  replace: (step: StepDefinition, handlers: Handlers) => SagaStepHandler<unknown>,
): SagaDefinition {
  const steps = definition.stages.flatMap(stepsOf);
  const byId = new Map(steps.map((step) => [step.id, step]));
  const handlers: Handlers = (id, run) => {
    const handler = byId.get(id)?.handler(run);
    if (handler === undefined || handler instanceof Promise)
      throw new Error(`"${id}" has no handler at hand`);
    // The handlers of the scripted sagas have both methods, whatever the kind of their step.
    return handler as SagaStepHandler<unknown>;
  };
  const put = (step: StepDefinition): StepDefinition => {
    const handler = replace(step, handlers);
    return { ...step, handler: () => handler };
  };
  return { ...definition, stages: definition.stages.map((stage) => mapSteps(stage, put)) };
}

/** The run of a handler, with a change. */
function changedRun(run: StepRun, change: Partial<StepRun>): StepRun {
  const { sagaId, step, attempt, idempotencyKey, actIdempotencyKey, fencingToken } = run;
  const { signal, outcome, response } = run;
  const names = { sagaId, step, attempt, idempotencyKey, actIdempotencyKey, fencingToken };
  const emit = (event: unknown): void => run.emit(event);
  return { ...names, signal, outcome, response, emit, ...change };
}

function undoForward(definition: SagaDefinition): SagaDefinition {
  return withHandlers(definition, ({ id }, handlers) => ({
    act: (context, run) => handlers(id, run).act(context, run),
    compensate: (context, run) => {
      const { trail } = context as TrailContext;
      const done = trail.filter((one) => !one.startsWith('undo '));
      const step = done[trail.length - done.length] ?? id;
      const idempotencyKey = `${run.sagaId}:${step}:compensate`;
      return handlers(step, run).compensate(context, changedRun(run, { step, idempotencyKey }));
    },
  }));
}

function undoPrimary(definition: SagaDefinition): SagaDefinition {
  return withHandlers(definition, ({ id }, handlers) => ({
    act: (context, run) => handlers(id, run).act(context, run),
    compensate: (context, run) => {
      const step = id.endsWith('b') ? id.slice(0, -1) : id;
      return handlers(step, run).compensate(context, changedRun(run, { step }));
    },
  }));
}

/** Each call has a different idempotency key. */
export function keyPerAttempt(definition: SagaDefinition): SagaDefinition {
  const keyed = (run: StepRun): StepRun =>
    changedRun(run, { idempotencyKey: `${run.idempotencyKey}:${run.fencingToken}` });
  return withHandlers(definition, ({ id }, handlers) => ({
    act: (context, run) => handlers(id, run).act(context, keyed(run)),
    compensate: (context, run) => handlers(id, run).compensate(context, keyed(run)),
  }));
}

function actTwice(definition: SagaDefinition): SagaDefinition {
  return withHandlers(definition, ({ id }, handlers) => ({
    // Repeated in memory, without an entry in the journal.
    act: async (context, run) => {
      const before = structuredClone(context);
      try {
        return await handlers(id, run).act(context, run);
      } catch {
        Object.assign(context as object, before);
        return handlers(id, run).act(context, changedRun(run, { attempt: run.attempt + 1 }));
      }
    },
    compensate: (context, run) => handlers(id, run).compensate(context, run),
  }));
}

function keepContext(definition: SagaDefinition): SagaDefinition {
  const decoded = new Map<string, unknown>();
  const codec: ContextCodec = {
    encode: (value, path) => definition.codec.encode(value, path),
    decode: (json) => {
      const value = decoded.get(json) ?? definition.codec.decode(json);
      decoded.set(json, value);
      return value;
    },
  };
  return { ...definition, codec };
}

/** Engines that call the handlers in a wrong way. */
export const brokenCalls: readonly Saboteur[] = [
  {
    name: 'forward order of undo',
    mistake: 'the first step is undone first',
    breaks: ['undo-order'],
    sabotage: { definition: undoForward },
  },
  {
    name: "alternative undone by the primary's compensation",
    mistake: 'if a fallback took the alternative, the primary is undone',
    breaks: ['undo-order'],
    sabotage: { definition: undoPrimary },
  },
  {
    name: 'key that changes',
    mistake: 'a repeated call has another idempotency key',
    breaks: ['idempotency-key'],
    sabotage: { definition: keyPerAttempt },
  },
  {
    name: 'retry outside the journal',
    mistake: 'an act that failed is called once more before anything is written',
    breaks: ['model: the results'],
    sabotage: { definition: actTwice },
  },
  {
    name: "failed act's context kept",
    mistake: 'the next attempt sees the context as the failed attempt left it',
    breaks: ['wrong-context'],
    sabotage: { definition: keepContext },
  },
];
