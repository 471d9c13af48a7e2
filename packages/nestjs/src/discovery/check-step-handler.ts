import type { SagaDefinitionProblem } from '@nest-saga/core';
import type { StepKind } from '@nest-saga/core/engine';
import type { ProviderWrapper } from './visible-providers.js';

/** A provider of a step, and the position of that step. */
export interface StepProvider {
  readonly where: string;
  readonly provider: ProviderWrapper;
}

/** The methods that a step's provider lacks, and a `compensate` that would never be called. */
export function checkStepHandler(
  where: string,
  provider: ProviderWrapper,
  kind: StepKind | undefined,
): readonly SagaDefinitionProblem[] {
  const handler = handlerShape(provider);
  if (handler === undefined) return [];
  const has = (method: string): boolean => typeof Reflect.get(handler, method) === 'function';
  const isForward = kind === 'pivot' || kind === 'retriable';
  const act = has('act') ? [] : [{ where, ...missing('act', isForward ? 'ForwardStep' : 'SagaStepHandler') }];
  if (!isForward) return has('compensate') ? act : [...act, { where, ...noCompensate }];
  return has('compensate') ? [...act, { where, ...uselessCompensate(kind) }] : act;
}

type Found = Omit<SagaDefinitionProblem, 'where'>;

function missing(method: string, implemented: string): Found {
  return { problem: `it has no method "${method}"`, remedy: `Implement ${implemented}` };
}

const noCompensate = missing(
  'compensate',
  "SagaStepHandler; a step that needs no undo has an empty compensate(), and one that cannot be undone is declared with kind: 'pivot' or 'retriable'",
);

function uselessCompensate(kind: StepKind): Found {
  return {
    problem: `it is a ${kind} step and has a method "compensate", which is never called`,
    remedy: "Remove the method, or declare the step with kind: 'compensatable'",
  };
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

// Undefined if it is not known before it is made. A request-scoped provider has no instance yet, only its class; a factory's product is known only when it is made.
function handlerShape(provider: ProviderWrapper): object | undefined {
  const { metatype, inject } = provider;
  const instance: unknown = provider.instance;
  if (isHandler(instance)) return instance;
  const isFactory = inject !== undefined && inject !== null;
  if (isFactory || typeof metatype !== 'function') return undefined;
  return metatype.prototype as object;
}
