/** What the saga looks like that every contestant runs. */
export interface SagaShape {
  readonly steps: number;
  /** The length of the context as JSON, from 150 on. */
  readonly contextBytes: number;
  /** Whether the last step fails, so that the others are undone. */
  readonly fails: boolean;
}

/** Three steps over a context of 200 bytes that all work. */
export const usualShape: SagaShape = { steps: 3, contextBytes: 200, fails: false };

/** How many durable writes a saga of this shape costs at the least: its start, its acts, its undos. */
export function writesOf({ steps, fails }: SagaShape): number {
  return 1 + steps + (fails ? steps - 1 : 0);
}
