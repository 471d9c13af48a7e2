import type { DiscoveryService } from '@nestjs/core';
import type { SagaDefinitionProblem, SagaStepOptions } from '@nest-saga/core';
import { validateSaga } from '@nest-saga/core/engine';
import { StepMetadata } from '../decorators/saga-step.decorator.js';
import { checkStepHandler } from './check-step-handler.js';
import { classOf, nameOf } from './class-of.js';
import type { FoundSaga } from './declare-saga.js';
import type { ProviderWrapper } from './visible-providers.js';

/** Checks the `@SagaStep()` providers that no saga lists. The others were checked with their sagas. */
export function checkUnusedSteps(
  discovery: DiscoveryService,
  sagas: readonly FoundSaga[],
): readonly SagaDefinitionProblem[] {
  const used = new Set(sagas.flatMap(({ stepClasses }) => stepClasses));
  return discovery
    .getProviders({ metadataKey: StepMetadata.KEY })
    .filter((provider) => !used.has(provider.token) && !used.has(classOf(provider, StepMetadata.KEY)))
    .flatMap(checkStep);
}

function checkStep(provider: ProviderWrapper): readonly SagaDefinitionProblem[] {
  const stepClass = classOf(provider, StepMetadata.KEY);
  const where = nameOf(stepClass);
  const options = Reflect.getMetadata(StepMetadata.KEY, stepClass) as SagaStepOptions;
  const handler = (): never => {
    throw new TypeError('a step of no saga does not run');
  };
  return [
    ...validateSaga({ name: 'none', steps: [{ ...options, handler }] }).map((found) => ({ ...found, where })),
    ...checkStepHandler(where, provider, options.kind),
  ];
}
