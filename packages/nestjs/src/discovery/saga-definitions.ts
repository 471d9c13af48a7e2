import { Inject, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { SagaDefinition, SagaDefinitionProblem } from '@nest-saga/core';
import { defineSagas, SagaDefinitionError } from '@nest-saga/core';
import { checkTable } from '@nest-saga/core/engine';
import { moduleOptionTable } from '../options/module-option-table.js';
import { CircuitBreakers } from '../circuit-breaker/circuit-breakers.js';
import { SagaMetadata } from '../decorators/saga.decorator.js';
import { SagaModuleNotInitializedError } from '../errors/saga-module-not-initialized-error.js';
import { EventClasses } from '../events/event-classes.js';
import { SagaInterceptors } from '../interceptors/saga-interceptors.js';
import { MODULE_OPTIONS_TOKEN } from '../saga.module-definition.js';
import type { SagaModuleOptions } from '../options/saga-module-options.js';
import { checkMadeHandler } from './check-step-handler.js';
import { checkUniqueSagas } from './check-unique-sagas.js';
import { checkUnusedSteps } from './check-unused-steps.js';
import { declareSaga } from './declare-saga.js';
import type { FoundSaga } from './declare-saga.js';
import { SagaSubscriptions } from './saga-subscriptions.js';
import { toDefineOptions } from './define-options.js';
import { VisibleProviders } from './visible-providers.js';

/** Finds the sagas of the application in all its modules, and checks them together. */
@Injectable()
export class SagaDefinitions {
  private definitions: readonly SagaDefinition[] | undefined;

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) private readonly options: SagaModuleOptions,
    private readonly discovery: DiscoveryService,
    private readonly visible: VisibleProviders,
    private readonly eventClasses: EventClasses,
    private readonly circuitBreakers: CircuitBreakers,
    private readonly interceptors: SagaInterceptors,
    private readonly subscriptions: SagaSubscriptions,
  ) {}

  /**
   * The checked sagas with their defaults filled in.
   *
   * @throws SagaDefinitionError with every problem of all sagas, all steps and the module's options.
   */
  async define(): Promise<readonly SagaDefinition[]> {
    const found = this.findSagas();
    const problems = [
      ...this.checkImports(),
      ...checkTable({ where: 'SagaModule.forRoot()', path: '' }, this.options, moduleOptionTable),
      ...this.interceptors.find(),
      ...found.flatMap((saga) => saga.problems),
      ...found.flatMap(({ stepProviders }) => stepProviders).flatMap(checkMadeHandler),
      ...checkUniqueSagas(found),
      ...checkUnusedSteps(this.discovery, found),
      ...this.subscriptions.find(),
      ...(await this.eventClasses.find()),
    ];
    if (problems.length > 0) throw new SagaDefinitionError(problems);
    const declared = found.map((saga) => saga.declared);
    const createCircuitBreaker = await this.circuitBreakers.findFactory(declared);
    this.definitions = defineSagas(declared, {
      ...toDefineOptions(this.options),
      ...(createCircuitBreaker === undefined ? {} : { createCircuitBreaker }),
    });
    return this.definitions;
  }

  /**
   * The sagas that were defined.
   *
   * @throws SagaModuleNotInitializedError before they are defined.
   */
  get defined(): readonly SagaDefinition[] {
    if (this.definitions === undefined) throw new SagaModuleNotInitializedError();
    return this.definitions;
  }

  private checkImports(): readonly SagaDefinitionProblem[] {
    const imports = this.discovery.getProviders().filter(({ token }) => token === SagaDefinitions).length;
    if (imports === 1) return [];
    const remedy = 'Import it once, in the root module; it serves all modules';
    return [{ where: 'SagaModule', problem: `it is imported ${imports} times`, remedy }];
  }

  private findSagas(): readonly FoundSaga[] {
    const sagas = this.discovery.getProviders({ metadataKey: SagaMetadata.KEY });
    return sagas.map((saga) => declareSaga(saga, this.visible));
  }
}
