import { Controller, Module, UseFilters, UseGuards, VERSION_NEUTRAL } from '@nestjs/common';
import type { DynamicModule, Type } from '@nestjs/common';
import { SagaExceptionFilter } from '@nest-saga/nestjs';
import { resolveOperationsOptions } from './options/operations-options.js';
import type { ResolvedOperationsOptions, SagaOperationsOptions } from './options/operations-options.js';
import { PersonActs } from './actions/person-acts.js';
import { ActsController } from './server/acts.controller.js';
import { ApiController } from './server/api.controller.js';
import { OPERATIONS_OPTIONS } from './server/operations-options.token.js';
import { PageController } from './server/page.controller.js';
import { Responder } from './server/responder.js';
import { SagasReader } from './server/sagas-reader.js';
import { ValueReader } from './server/value-reader.js';

/**
 * The operations page of the sagas of an application: what needs a person, every saga live, and the actions of operators.
 * It needs `SagaModule`, and works on Express and Fastify, below any prefix and behind any path of a proxy.
 */
@Module({})
export class SagaOperationsModule {
  /**
   * @throws SagaDefinitionError with all problems of the options, also if there is no guard.
   * @example
   * ```ts
   * SagaOperationsModule.forRoot({ path: 'ops/sagas', guard: StaffGuard, actor: (request) => request.user.email })
   * ```
   */
  static forRoot(options: SagaOperationsOptions): DynamicModule {
    const resolved = resolveOperationsOptions(options);
    return {
      module: SagaOperationsModule,
      imports: [...(options.imports ?? [])],
      controllers: [ApiController, ActsController, PageController].map((one) => guarded(one, resolved)),
      providers: [
        { provide: OPERATIONS_OPTIONS, useValue: resolved },
        Responder,
        SagasReader,
        ValueReader,
        PersonActs,
      ],
    };
  }
}

/** A controller of this page alone: another page of the same application may have another path and guard. */
function guarded(base: Type, { path, guards }: ResolvedOperationsOptions): Type {
  const controller = class extends base {};
  Object.defineProperty(controller, 'name', { value: base.name });
  Controller({ path, version: VERSION_NEUTRAL })(controller);
  UseGuards(...guards)(controller);
  UseFilters(SagaExceptionFilter)(controller);
  return controller;
}
