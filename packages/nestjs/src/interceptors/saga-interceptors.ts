import { Inject, Injectable } from '@nestjs/common';
import type { InjectionToken, Type } from '@nestjs/common';
import type { StartInterceptor, StepInterceptor } from '@nest-saga/core/engine';
import type { SagaDefinitionProblem } from '@nest-saga/core';
import { nameOfToken, namesOfHosts, referenceOf, VisibleProviders } from '../discovery/visible-providers.js';
import { MODULE_OPTIONS_TOKEN } from '../saga.module-definition.js';
import type { SagaModuleOptions } from '../options/saga-module-options.js';
import { interceptorRange, isInterceptor, isToken } from './interceptor-option.js';
import type { SagaInterceptor } from './saga-interceptor.js';
import { interceptStart, interceptStep } from './intercept.js';

/** The interceptors of the module's options: objects, and providers of the application. */
@Injectable()
export class SagaInterceptors {
  private found: readonly SagaInterceptor[] = [];

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) private readonly options: SagaModuleOptions,
    private readonly visible: VisibleProviders,
  ) {}

  /** Finds them; by now Nest has made all providers. Returns the problems with their tokens. */
  find(): readonly SagaDefinitionProblem[] {
    const interceptor: unknown = Reflect.get(Object(this.options) as object, 'interceptor');
    const references: readonly unknown[] = Array.isArray(interceptor) ? interceptor : [interceptor];
    const problems: SagaDefinitionProblem[] = [];
    this.found = references.flatMap((reference) => {
      if (!isToken(reference)) return isInterceptor(reference) ? [reference] : [];
      const resolved = this.resolve(reference);
      if (isInterceptor(resolved)) return [resolved];
      problems.push(toProblem(reference, resolved));
      return [];
    });
    return problems;
  }

  /** The interceptors of attempts as one, the telemetry around all others. */
  aroundSteps(telemetry: StepInterceptor | undefined): StepInterceptor | undefined {
    const own = this.found.filter((found): found is StepInterceptor => hasMethod(found, 'intercept'));
    return interceptStep(telemetry === undefined ? own : [telemetry, ...own]);
  }

  /** The interceptors of starts as one, the telemetry around all others. */
  aroundStarts(telemetry: StartInterceptor | undefined): StartInterceptor | undefined {
    const own = this.found.filter((found): found is StartInterceptor => hasMethod(found, 'interceptStart'));
    return interceptStart(telemetry === undefined ? own : [telemetry, ...own]);
  }

  /** The provider's instance, or the reason why there is none. */
  private resolve(token: InjectionToken): unknown {
    const candidates = this.visible.candidatesHere(token);
    const [provider] = candidates;
    if (provider === undefined) return new Unresolved('no module provides');
    if (candidates.length > 1)
      return new Unresolved(
        `${namesOfHosts(candidates)} provide, and SagaModule imports it from none of them`,
      );
    try {
      return referenceOf(provider).get<unknown>(provider.token as Type, { strict: true });
    } catch {
      return new Unresolved('is a new instance for each request');
    }
  }
}

function hasMethod(interceptor: SagaInterceptor, name: string): boolean {
  return typeof Reflect.get(interceptor, name) === 'function';
}

class Unresolved {
  constructor(readonly reason: string) {}
}

function toProblem(token: InjectionToken, resolved: unknown): SagaDefinitionProblem {
  const reason = resolved instanceof Unresolved ? resolved.reason : 'is provided, but is not an interceptor';
  return {
    where: 'SagaModule.forRoot()',
    problem: `interceptor names ${nameOfToken(token)}, which ${reason}`,
    remedy: `Provide a singleton in a module that SagaModule sees: ${interceptorRange}`,
  };
}
