import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { SagaDefinitionProblem } from '@nest-saga/core';
import type { SagaSubscription } from '@nest-saga/core/engine';
import { endingsOf } from '../decorators/saga-ending.decorators.js';
import type { DeclaredEnding, SagaEndingHandler } from '../decorators/saga-ending.decorators.js';
import { nameOf } from './class-of.js';
import type { ProviderWrapper } from './visible-providers.js';

const maximumLength = 200;

interface FoundHandler {
  readonly where: string;
  readonly name: string;
  readonly declared: DeclaredEnding;
  readonly provider: ProviderWrapper;
  readonly method: string;
}

/** Finds the methods of all providers that handle ends of sagas. */
@Injectable()
export class SagaSubscriptions {
  private found: readonly FoundHandler[] = [];

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** Finds the handlers. Returns their problems. */
  find(): readonly SagaDefinitionProblem[] {
    const providers = [...this.discovery.getProviders(), ...this.discovery.getControllers()];
    this.found = providers.flatMap((provider) => this.handlersOf(provider));
    return [...this.found.flatMap(checkHandler), ...checkNames(this.found)];
  }

  /** The handlers that were found. */
  get subscriptions(): readonly SagaSubscription[] {
    return this.found.map(({ name, declared: { saga, ending }, provider, method }) => ({
      name,
      saga,
      ending,
      handle: (outcome, delivery) => {
        const instance = provider.instance as Readonly<Record<string, SagaEndingHandler>>;
        return instance[method]?.(outcome as Parameters<SagaEndingHandler>[0], delivery);
      },
    }));
  }

  private handlersOf(provider: ProviderWrapper): readonly FoundHandler[] {
    const { metatype, isAlias } = provider;
    const prototype = prototypeOf(provider);
    if (isAlias || prototype === undefined) return [];
    const owner = typeof metatype === 'function' ? nameOf(metatype) : prototype.constructor.name;
    return this.scanner.getAllMethodNames(prototype).flatMap((method) =>
      endingsOf(Reflect.get(prototype, method)).map((declared) => {
        const where = `${owner}.${method}`;
        return { where, name: declared.options?.name ?? where, declared, provider, method };
      }),
    );
  }
}

// A request-scoped provider has no instance, only its class; what a factory made is known by its instance.
function prototypeOf(provider: ProviderWrapper): object | undefined {
  const { metatype } = provider;
  const instance: unknown = provider.instance;
  if (typeof instance === 'object' && instance !== null) return Reflect.getPrototypeOf(instance) ?? undefined;
  const isClass = typeof metatype === 'function' && typeof metatype.prototype === 'object';
  return isClass ? (metatype.prototype as object) : undefined;
}

function checkHandler({ where, name, declared, provider }: FoundHandler): readonly SagaDefinitionProblem[] {
  const { decorator, saga } = declared;
  const problems: SagaDefinitionProblem[] = [];
  if (saga !== undefined && !isText(saga)) {
    const remedy = `Pass the name of a saga, or nothing for all sagas`;
    problems.push({ where, problem: `${decorator} does not have the name of a saga`, remedy });
  }
  if (!isText(name)) {
    const remedy = `Pass { name } with a text of 1 to ${maximumLength} characters`;
    problems.push({ where, problem: `${decorator} does not have a name that can be stored`, remedy });
  }
  if (provider.isDependencyTreeStatic() && !provider.isTransient) return problems;
  const remedy = 'Move the method to a provider with the default scope: an end belongs to no request';
  return [...problems, { where, problem: `${decorator} is on a provider that is made for each use`, remedy }];
}

function checkNames(found: readonly FoundHandler[]): readonly SagaDefinitionProblem[] {
  const names = new Map<string, Set<string>>();
  for (const { name, where } of found) names.set(name, (names.get(name) ?? new Set()).add(where));
  const counts = found.map(({ name }) => name);
  return [...names].flatMap(([name, places]) =>
    counts.filter((one) => one === name).length === 1
      ? []
      : [
          {
            where: [...places].join(' and '),
            problem: `several handlers of ends have the name "${name}"`,
            remedy:
              'Give each its own name with { name }: an end that is still to be handled belongs to a name',
          },
        ],
  );
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length >= 1 && value.length <= maximumLength;
}
