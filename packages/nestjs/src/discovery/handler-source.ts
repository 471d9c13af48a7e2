import { ContextIdFactory } from '@nestjs/core';
import type { StepHandlerSource } from '@nest-saga/core';
import { referenceOf } from './visible-providers.js';
import type { ProviderWrapper } from './visible-providers.js';

/** Gives the handler: the one instance, or where it depends on a request, a fresh one for each attempt. */
export function handlerSource(provider: ProviderWrapper): StepHandlerSource {
  if (provider.isDependencyTreeStatic() && !provider.isTransient) {
    const handler = provider.instance as ReturnType<StepHandlerSource>;
    return () => handler;
  }
  const moduleRef = referenceOf(provider);
  return (run) => {
    const contextId = ContextIdFactory.create();
    // What asks for REQUEST below such a step is given the attempt: there is no other request here.
    moduleRef.registerRequestByContextId(run, contextId);
    return moduleRef.resolve(provider.token, contextId, { strict: true });
  };
}
