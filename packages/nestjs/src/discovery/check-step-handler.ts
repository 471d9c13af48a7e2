import type { SagaDefinitionProblem } from '@nest-saga/core';
import type { ProviderWrapper } from './visible-providers.js';

/** What a step's provider lacks: a method that the engine will call. */
export function checkStepHandler(where: string, provider: ProviderWrapper): readonly SagaDefinitionProblem[] {
  const handler = handlerShape(provider);
  return ['act', 'compensate'].flatMap((method) =>
    typeof Reflect.get(handler, method) === 'function'
      ? []
      : [
          {
            where,
            problem: `it has no method "${method}"`,
            remedy:
              method === 'act'
                ? 'Implement SagaStepHandler'
                : 'Implement SagaStepHandler; a step that needs no undo says so with an empty compensate()',
          },
        ],
  );
}

// A request-scoped provider has no instance yet, only its class; a factory's product is known only when it is made.
function handlerShape({ instance, metatype, inject }: ProviderWrapper): object {
  if (typeof instance === 'object' && instance !== null) return instance as object;
  const isFactory = inject !== undefined && inject !== null;
  if (isFactory || typeof metatype !== 'function') return anyHandler;
  return metatype.prototype as object;
}

const anyHandler = { act: () => undefined, compensate: () => undefined };
