import { SagaError } from './saga-error.js';

/** One problem of a declared saga or step, and its remedy. */
export interface SagaDefinitionProblem {
  /** The class or the saga that has the problem. */
  readonly where: string;
  readonly problem: string;
  readonly remedy: string;
}

/** The application's sagas cannot run as declared. Lists all problems, not only the first one. */
export class SagaDefinitionError extends SagaError {
  readonly code = 'SAGA_DEFINITION_INVALID';

  constructor(readonly problems: readonly SagaDefinitionProblem[]) {
    const lines = problems.map((found) => `  - ${found.where}: ${found.problem}. ${found.remedy}.`);
    const count = problems.length === 1 ? 'One problem' : `${problems.length} problems`;
    super(`${count} in the declared sagas:\n${lines.join('\n')}`);
  }
}
