import { afterEach, expect, it, jest } from '@jest/globals';
import { closeApps, openApp } from './open-app.js';
import { orderProviders } from './order-saga.js';

const load = jest.fn(() => ({ EventBus: class EventBus {} }));
jest.unstable_mockModule('@nestjs/cqrs', load);

afterEach(closeApps);

it('@nestjs/cqrs is not loaded where it is installed and no module of the application has its event bus', async () => {
  await openApp(orderProviders);
  expect(load).not.toHaveBeenCalled();
});

it('@nestjs/cqrs is loaded where something of the application could be its event bus', async () => {
  class Bus {
    publish(): void {}
    publishAll(): void {}
  }
  await openApp([...orderProviders, Bus]);
  expect(load).toHaveBeenCalledTimes(1);
});
