import type { ContextId } from '@nestjs/core';
import { ContextIdFactory } from '@nestjs/core';
import type { SagaStepHandler, StepRun } from '@nest-saga/core';
import type { StepHandlerSource } from '@nest-saga/core/engine';
import { awaitObservables } from './await-observables.js';
import { referenceOf } from './visible-providers.js';
import type { ProviderWrapper } from './visible-providers.js';

/** Gives the handler: the one instance, or where it depends on a request, a fresh one for each attempt. */
export function handlerSource(provider: ProviderWrapper): StepHandlerSource {
  if (provider.isDependencyTreeStatic() && !provider.isTransient) {
    const handler = awaitObservables(provider.instance as SagaStepHandler<unknown>);
    return () => handler;
  }
  const moduleRef = referenceOf(provider);
  const isDurable = provider.isDependencyTreeDurable();
  return async (run) => {
    const contextId = contextIdOf(run, isDurable);
    // What asks for REQUEST below such a step is given the attempt: there is no other request here. Durable providers
    // outlive it, and are given what the strategy says, as for any request.
    moduleRef.registerRequestByContextId(isDurable ? contextId.payload : run, contextId);
    const handler = await moduleRef.resolve<SagaStepHandler<unknown>>(provider.token as never, contextId, {
      strict: true,
    });
    return awaitObservables(handler);
  };
}

// The application's ContextIdStrategy decides which durable providers an attempt shares with others. One that knows
// HTTP requests only may throw here, which is no reason to fail a step that is made anew for each attempt anyway.
function contextIdOf(run: StepRun, isDurable: boolean): ContextId {
  try {
    return ContextIdFactory.getByRequest(run);
  } catch (error) {
    if (isDurable) throw error;
    return ContextIdFactory.create();
  }
}
