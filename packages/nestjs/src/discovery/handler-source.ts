import type { ContextId } from '@nestjs/core';
import { ContextIdFactory } from '@nestjs/core';
import type { SagaStepHandler, StepRun } from '@nest-saga/core';
import type { StepHandlerSource } from '@nest-saga/core/engine';
import { referenceOf } from './visible-providers.js';
import type { ProviderWrapper } from './visible-providers.js';

/** Provides the handler: the one instance, or, if it depends on a request, a new one for each attempt. */
export function handlerSource(provider: ProviderWrapper): StepHandlerSource {
  if (provider.isDependencyTreeStatic() && !provider.isTransient) {
    const handler = provider.instance as SagaStepHandler<unknown>;
    return () => handler;
  }
  const moduleRef = referenceOf(provider);
  const isDurable = provider.isDependencyTreeDurable();
  return async (run) => {
    const contextId = contextIdOf(run, isDurable);
    // Providers below such a step that inject REQUEST get the attempt, because there is no other request here. Durable
    // providers live longer, and get the payload of the strategy, as for any request.
    moduleRef.registerRequestByContextId(isDurable ? contextId.payload : run, contextId);
    return moduleRef.resolve<SagaStepHandler<unknown>>(provider.token as never, contextId, { strict: true });
  };
}

// The application's ContextIdStrategy decides which durable providers attempts share. A strategy that only knows HTTP
// requests may throw here. The step does not fail because of that: it then gets a new instance for each attempt.
function contextIdOf(run: StepRun, isDurable: boolean): ContextId {
  try {
    return ContextIdFactory.getByRequest(run);
  } catch (error) {
    if (isDurable) throw error;
    return ContextIdFactory.create();
  }
}
