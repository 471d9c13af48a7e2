import type { DynamicModule, Provider, Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { TestingModule, TestingModuleBuilder } from '@nestjs/testing';
import { SagaModule, SagaOrchestrator } from '../src/index.js';
import type { SagaModuleOptions } from '../src/index.js';

/** An application in memory that says nothing. Close it with `closeApps()` in an `afterEach`. */
export interface OpenApp {
  readonly app: TestingModule;
  readonly sagas: SagaOrchestrator;
}

const openApps = new Set<TestingModule>();

export async function openApp(
  providers: readonly Provider[],
  options: SagaModuleOptions = {},
  override: (builder: TestingModuleBuilder) => TestingModuleBuilder = (builder) => builder,
): Promise<OpenApp> {
  const builder = Test.createTestingModule({
    imports: [SagaModule.forRoot(options)],
    providers: [...providers],
  }).setLogger(silent);
  const app = await override(builder).compile();
  await keepOpen(app).init();
  return { app, sagas: app.get(SagaOrchestrator) };
}

/** The same for an application of several modules. */
export async function openModules(
  modules: readonly (DynamicModule | Type)[],
  options: SagaModuleOptions = {},
): Promise<OpenApp> {
  const app = await Test.createTestingModule({ imports: [...modules, SagaModule.forRoot(options)] })
    .setLogger(silent)
    .compile();
  await keepOpen(app).init();
  return { app, sagas: app.get(SagaOrchestrator) };
}

/** Leaves an application to `closeApps()`. */
export function keepOpen(app: TestingModule): TestingModule {
  openApps.add(app);
  return app;
}

/** Closes every application that is still open. */
export async function closeApps(): Promise<void> {
  const apps = [...openApps];
  openApps.clear();
  for (const app of apps) await app.close();
}

const nothing = (): void => undefined;
export const silent = {
  log: nothing,
  error: nothing,
  warn: nothing,
  debug: nothing,
  verbose: nothing,
  fatal: nothing,
};
