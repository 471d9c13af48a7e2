import type { SagaRegistry } from '../definition/saga-registry.js';
import { stepsOf } from '../definition/saga-definition.js';
import { SagaDefinitionError } from '../errors/saga-definition-error.js';
import type { SagaStorage } from './saga-storage.js';

/**
 * Checks that a storage can run the transactional steps of its sagas.
 *
 * @throws SagaDefinitionError with each step for which it cannot.
 */
export function checkTransactions({ transact }: SagaStorage, { definitions }: SagaRegistry): void {
  if (transact !== undefined) return;
  const problems = definitions.flatMap(({ name, stages }) =>
    stages
      .flatMap(stepsOf)
      .filter(({ transactional }) => transactional !== false)
      .map(({ id }) => ({
        where: `saga "${name}"`,
        problem: `the step "${id}" is transactional, and the storage has no transactions`,
        remedy: 'Use a storage that has them, such as typeOrmSagaStorage(), or remove the option',
      })),
  );
  if (problems.length > 0) throw new SagaDefinitionError(problems);
}
