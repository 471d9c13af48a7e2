import type { Type } from '@nestjs/common';
import type { SagaDefinitionProblem } from '@nest-saga/core';
import { nameOfEventClass } from '@nest-saga/core/engine';
import { nameOf } from '../discovery/class-of.js';
import type { ProviderWrapper } from '../discovery/visible-providers.js';

/** The metadata key under which `@nestjs/cqrs` keeps the event classes of an `@EventsHandler()`. */
const handledEventsKey = '__eventsHandler__';

/** The event classes that an application handles, by the names under which they are stored. */
export class HandledEvents {
  private readonly handlersOf = new Map<Type, string[]>();
  private readonly byStoredName = new Map<string, Set<Type>>();
  private readonly byClassName = new Map<string, Set<Type>>();

  /** @param intercept Is given each handler whose instance there is. */
  constructor(
    providers: readonly ProviderWrapper[],
    intercept: (instance: unknown, name: string) => void = () => undefined,
  ) {
    for (const provider of providers) {
      for (const handler of handlerClasses(provider)) {
        if (this.add(handler)) intercept(provider.instance, handler.name);
      }
    }
  }

  /**
   * The class of events with that name. An event may also be stored under the class's own name, by a release in which
   * the class did not have another name yet.
   */
  find(name: string): Type | undefined {
    return onlyOne(this.byStoredName.get(name)) ?? onlyOne(this.byClassName.get(name));
  }

  /** Classes without a name, and names that two share: after a recovery, the class of such an event would be unknown. */
  check(): readonly SagaDefinitionProblem[] {
    return [...this.checkNames(), ...this.checkSharedNames()];
  }

  private checkNames(): readonly SagaDefinitionProblem[] {
    return [...this.handlersOf.keys()]
      .filter((eventClass) => nameOfEventClass(eventClass) === undefined)
      .map((eventClass) => ({
        where: this.describe(eventClass),
        problem: 'its events have no name under which they can be stored',
        remedy: "Give it a name that stays, for example @SagaEvent('order-placed')",
      }));
  }

  private checkSharedNames(): readonly SagaDefinitionProblem[] {
    return [...this.byStoredName].flatMap(([name, classes]) =>
      classes.size === 1
        ? []
        : [
            {
              where: [...classes].map((eventClass) => this.describe(eventClass)).join(' and '),
              problem: `both are stored as event "${name}"`,
              remedy: `Give each a name that stays, for example @SagaEvent('of-orders.${name}')`,
            },
          ],
    );
  }

  private add(handler: Type): boolean {
    const handled = Reflect.getMetadata(handledEventsKey, handler) as readonly Type[] | undefined;
    for (const eventClass of handled ?? []) {
      const handlers = this.handlersOf.get(eventClass);
      if (handlers === undefined) this.handlersOf.set(eventClass, [handler.name]);
      else if (!handlers.includes(handler.name)) handlers.push(handler.name);
      put(this.byStoredName, nameOfEventClass(eventClass), eventClass);
      put(this.byClassName, eventClass.name, eventClass);
    }
    return handled !== undefined;
  }

  private describe(eventClass: Type): string {
    return `${nameOf(eventClass)} (handled by ${this.handlersOf.get(eventClass)?.join(', ')})`;
  }
}

// The decorated class belongs to a class, a factory or a value; a request-scoped provider has its prototype here.
function handlerClasses({ metatype, instance }: ProviderWrapper): ReadonlySet<Type> {
  const made = (instance as object | null | undefined)?.constructor;
  return new Set([metatype, made].filter((candidate) => typeof candidate === 'function') as Type[]);
}

function put(classes: Map<string, Set<Type>>, name: string | undefined, eventClass: Type): void {
  if (name === undefined) return;
  const same = classes.get(name);
  if (same === undefined) classes.set(name, new Set([eventClass]));
  else same.add(eventClass);
}

function onlyOne(classes: ReadonlySet<Type> | undefined): Type | undefined {
  return classes?.size === 1 ? [...classes][0] : undefined;
}
