/** The resolved options of the page. */
export const OPERATIONS_OPTIONS = Symbol('SagaOperationsOptions');
