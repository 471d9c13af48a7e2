import { SagaDefinitionError } from '@nest-saga/core';
import { checkedElsewhere, checkTable, flag, func, isObject, option } from '@nest-saga/core/engine';
import type { OptionTableOf } from '@nest-saga/core/engine';
import { moduleOptionTable } from './module-option-table.js';
import type { ASYNC_OPTIONS_TYPE } from '../saga.module-definition.js';

const where = 'SagaModule.forRootAsync()';
const list = option('a list', Array.isArray);

const table: OptionTableOf<typeof ASYNC_OPTIONS_TYPE> = {
  useFactory: func('a function that returns the options'),
  useClass: func('a class that makes the options'),
  useExisting: checkedElsewhere(),
  inject: list,
  imports: list,
  provideInjectionTokensFrom: list,
  isGlobal: flag(),
};

/**
 * Checks that the module's options are an object, because Nest would make one of any other value. The options themselves
 * are checked later, together with all sagas.
 *
 * @throws SagaDefinitionError at once.
 */
export function checkOptionsObject(options: unknown): void {
  if (!isObject(options))
    throw new SagaDefinitionError(
      checkTable({ where: 'SagaModule.forRoot()', path: '' }, options, moduleOptionTable),
    );
}

/**
 * Checks the source of the module's options. The options themselves are checked later, together with all sagas.
 *
 * @throws SagaDefinitionError at once. If the source is missing, Nest would only report an unresolved dependency.
 */
export function checkAsyncOptions(options: unknown): void {
  const problems = checkTable({ where, path: '' }, options, table);
  if (problems.length > 0) throw new SagaDefinitionError(problems);
  const sources = ['useFactory', 'useClass', 'useExisting'];
  if (sources.some((source) => Reflect.get(Object(options) as object, source) !== undefined)) return;
  const problem = 'the source of the options is missing';
  throw new SagaDefinitionError([{ where, problem, remedy: `Pass ${sources.join(', ')}` }]);
}
