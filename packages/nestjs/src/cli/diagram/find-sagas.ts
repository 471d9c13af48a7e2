import type { INestApplicationContext } from '@nestjs/common';
import { DiscoveryService, ModulesContainer, NestFactory } from '@nestjs/core';
import type { SagaDefinition } from '@nest-saga/core';
import { defineSagas, SagaDefinitionError } from '@nest-saga/core';
import { isError } from '@nest-saga/core/engine';
import { SagaMetadata } from '../../decorators/saga.decorator.js';
import { checkUniqueSagas } from '../../discovery/check-unique-sagas.js';
import { declareSaga } from '../../discovery/declare-saga.js';
import { toDefineOptions } from '../../discovery/define-options.js';
import { VisibleProviders } from '../../discovery/visible-providers.js';
import { MODULE_OPTIONS_TOKEN } from '../../saga.module-definition.js';
import type { SagaModuleOptions } from '../../options/saga-module-options.js';
import { CommandError } from '../command-error.js';
import type { RootModule } from './root-module.js';

/** The sagas of an application that does not run. */
export interface FoundSagas {
  readonly definitions: readonly SagaDefinition[];
  /**
   * Whether the policies from the options of `SagaModule` are included. They are not if a factory makes the options.
   */
  readonly hasModuleOptions: boolean;
}

/**
 * Finds the sagas of an application by Nest's own discovery, as the running application does, in Nest's preview mode:
 * no provider is made and no factory is called.
 *
 * @throws SagaDefinitionError with all problems of all sagas.
 * @throws CommandError if the modules do not fit together; the message contains Nest's explanation.
 */
export async function findSagas(rootModule: RootModule): Promise<FoundSagas> {
  const application = await preview(rootModule);
  const discovery = new DiscoveryService(application.get(ModulesContainer));
  const visible = new VisibleProviders(discovery);
  const sagas = discovery
    .getProviders({ metadataKey: SagaMetadata.KEY })
    .map((provider) => declareSaga(provider, visible));
  const problems = [...sagas.flatMap((saga) => saga.problems), ...checkUniqueSagas(sagas)];
  if (problems.length > 0) throw new SagaDefinitionError(problems);
  const options = findModuleOptions(discovery);
  const definitions = defineSagas(
    sagas.map((saga) => saga.declared),
    // A breaker only has to exist so that it is drawn; it is never asked.
    { ...toDefineOptions(options ?? {}), createCircuitBreaker: () => drawnBreaker },
  );
  return { definitions, hasModuleOptions: options !== undefined };
}

async function preview(rootModule: RootModule): Promise<INestApplicationContext> {
  try {
    return await NestFactory.createApplicationContext(rootModule, {
      preview: true,
      abortOnError: false,
      logger: false,
    });
  } catch (error) {
    const said = isError(error) ? error.message : String(error);
    throw new CommandError(
      `Nest cannot put this module together: pass the root module of the whole application.\n\n${said}`,
    );
  }
}

function findModuleOptions(discovery: DiscoveryService): SagaModuleOptions | undefined {
  const provider = discovery.getProviders().find(({ token }) => token === MODULE_OPTIONS_TOKEN);
  if (provider === undefined) return {};
  const { instance } = provider as { readonly instance: SagaModuleOptions | null | undefined };
  return instance ?? undefined;
}

const drawnBreaker = {
  execute: <Result>(_stepId: string, act: () => Promise<Result>): Promise<Result> => act(),
  isOpen: (): boolean => false,
};
