/** Builds the script and the style sheet of the operations page into its `dist/page`. */
export function buildOperationsPage(): Promise<void>;
