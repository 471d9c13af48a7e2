import type { Type } from '@nestjs/common';
import { Injectable, Logger } from '@nestjs/common';
import { DiscoveryService, ModuleRef } from '@nestjs/core';
import { hydrate } from '@nest-saga/core';
import { describeError } from '../logging/describe-error.js';

/** What is used of the event bus of `@nestjs/cqrs`. */
interface PublishesEvents {
  publish(event: object): unknown;
}

/** Where `@nestjs/cqrs` keeps the event classes of an `@EventsHandler()`. */
const handledEventsKey = '__eventsHandler__';

/**
 * The way from a step's stored event to the handlers of `@nestjs/cqrs`, where the application uses it: gives the event
 * the class that an `@EventsHandler()` names, and publishes it on the `EventBus`. Without the package it does nothing.
 */
@Injectable()
export class EventClasses {
  private readonly logger = new Logger('SagaEvents');
  private readonly byName = new Map<string, Type>();
  private bus: PublishesEvents | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly moduleRef: ModuleRef,
  ) {}

  /** Looks whether the package is installed and its module imported, and which classes are handled. */
  async find(): Promise<void> {
    this.bus = await this.findBus();
    if (this.bus === undefined) return;
    for (const { metatype } of this.discovery.getProviders()) {
      if (typeof metatype !== 'function') continue;
      const handled = Reflect.getMetadata(handledEventsKey, metatype) as readonly Type[] | undefined;
      for (const eventClass of handled ?? []) this.byName.set(eventClass.name, eventClass);
    }
  }

  /** The event as an instance of its class, where that is known. */
  revive(name: string | undefined, event: unknown): unknown {
    const eventClass = name === undefined ? undefined : this.byName.get(name);
    return hydrate(eventClass, event);
  }

  /** Puts an event on the bus, where there is one. What that throws is logged. */
  publish(event: unknown): void {
    if (this.bus === undefined || typeof event !== 'object' || event === null) return;
    try {
      const returned = this.bus.publish(event);
      if (returned instanceof Promise) returned.catch((error: unknown) => this.report(error));
    } catch (error) {
      this.report(error);
    }
  }

  private async findBus(): Promise<PublishesEvents | undefined> {
    // Many have the package installed and do without its module: their start need not wait until it is loaded.
    if (!this.discovery.getProviders().some(({ token }) => isLikeEventBus(token))) return undefined;
    try {
      const { EventBus } = await import('@nestjs/cqrs');
      return this.moduleRef.get<PublishesEvents>(EventBus, { strict: false });
    } catch {
      // Not installed, or its module is not imported.
      return undefined;
    }
  }

  private report(error: unknown): void {
    this.logger.error(`The EventBus refused an event: ${describeError(error)}`);
  }
}

// By its methods, not by its name, which a bundler may have made shorter.
function isLikeEventBus(token: unknown): boolean {
  if (typeof token !== 'function') return false;
  const prototype: unknown = token.prototype;
  return (
    typeof prototype === 'object' && prototype !== null && 'publish' in prototype && 'publishAll' in prototype
  );
}
