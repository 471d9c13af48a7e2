import { SagaError } from './saga-error.js';

/**
 * A branch changed the context of its saga. Branches run side by side and see one context, so each returns a result,
 * and `join` of their stage puts the results into the context.
 */
export class BranchChangedContextError extends SagaError {
  readonly code = 'SAGA_BRANCH_CHANGED_CONTEXT';

  /** @param path The first part of the context that the branch changed. */
  constructor(
    readonly sagaId: string,
    readonly step: string,
    readonly path: string,
  ) {
    super(
      `The branch "${step}" of saga ${sagaId} changed ${path}. Return the result of the branch, and put it into the context in join() of the stage.`,
    );
  }
}
