import type { SagaDefinitionProblem } from '@nest-saga/core';
import type { ProviderWrapper } from './visible-providers.js';

/** A provider of a step, and the position of that step. */
export interface StepProvider {
  readonly where: string;
  readonly provider: ProviderWrapper;
}

/** The methods of the engine that a step's provider does not have. */
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
                : 'Implement SagaStepHandler; a step that needs no undo has an empty compensate()',
          },
        ],
  );
}

/** Checks the instance of a step's provider in an application that runs: a factory may have returned undefined. */
export function checkMadeHandler({ where, provider }: StepProvider): readonly SagaDefinitionProblem[] {
  const isMadeOnce = provider.isDependencyTreeStatic() && !provider.isTransient;
  if (!isMadeOnce || isHandler(provider.instance)) return [];
  const remedy = 'It has to return an object with the methods "act" and "compensate"';
  return [{ where, problem: `its provider gave ${named(provider.instance)}`, remedy }];
}

function isHandler(instance: unknown): instance is object {
  return (typeof instance === 'object' && instance !== null) || typeof instance === 'function';
}

function named(instance: unknown): string {
  return instance === undefined || instance === null ? String(instance) : `a ${typeof instance}`;
}

// A request-scoped provider has no instance yet, only its class; a factory's product is known only when it is made.
function handlerShape(provider: ProviderWrapper): object {
  const { metatype, inject } = provider;
  const instance: unknown = provider.instance;
  if (isHandler(instance)) return instance;
  const isFactory = inject !== undefined && inject !== null;
  if (isFactory || typeof metatype !== 'function') return anyHandler;
  return metatype.prototype as object;
}

const anyHandler = { act: () => undefined, compensate: () => undefined };
