import { ContextIdFactory, DiscoveryService, ModuleRef } from '@nestjs/core';
import type { StepHandlerSource } from '@nest-saga/core';
import type { SagaStepClass } from '../decorators/step-class.js';

/** How discovery shows a provider. */
export type ProviderWrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** The providers of an application, by what they are provided as: a test may put another class behind a step's. */
export class StepProviders {
  private readonly byToken = new Map<unknown, ProviderWrapper[]>();

  constructor(
    discovery: DiscoveryService,
    private readonly moduleRef: ModuleRef,
  ) {
    for (const wrapper of discovery.getProviders()) {
      const same = this.byToken.get(wrapper.token);
      if (same === undefined) this.byToken.set(wrapper.token, [wrapper]);
      else same.push(wrapper);
    }
  }

  /** The provider of a step class: the one in the saga's own module before those of others. */
  find(stepClass: SagaStepClass, saga: ProviderWrapper): ProviderWrapper | undefined {
    const providers = this.byToken.get(stepClass) ?? [];
    return providers.find(({ host }) => host === saga.host) ?? providers[0];
  }

  /** Gives the handler: the one instance, or where it depends on a request, a fresh one for each attempt. */
  handlerSource(provider: ProviderWrapper): StepHandlerSource {
    if (provider.isDependencyTreeStatic() && !provider.isTransient) {
      const handler = provider.instance as ReturnType<StepHandlerSource>;
      return () => handler;
    }
    return (run) => {
      const contextId = ContextIdFactory.create();
      // What asks for REQUEST below such a step is given the attempt: there is no other request here.
      this.moduleRef.registerRequestByContextId(run, contextId);
      return this.moduleRef.resolve(provider.token, contextId, { strict: false });
    };
  }
}
