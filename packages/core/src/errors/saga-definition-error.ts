import { SagaError } from './saga-error.js';

/** One thing that is wrong with a declared saga or step, and what to do about it. */
export interface SagaDefinitionProblem {
  /** The class or the saga it was found in. */
  readonly where: string;
  readonly problem: string;
  readonly remedy: string;
}

/** The application's sagas are not runnable as declared. Lists every problem that was found, not only the first. */
export class SagaDefinitionError extends SagaError {
  readonly code = 'SAGA_DEFINITION_INVALID';

  constructor(readonly problems: readonly SagaDefinitionProblem[]) {
    const lines = problems.map((found) => `  - ${found.where}: ${found.problem}. ${found.remedy}.`);
    const count = problems.length === 1 ? 'One problem' : `${problems.length} problems`;
    super(`${count} in the declared sagas:\n${lines.join('\n')}`);
  }
}
