/** The shape of the saga that every contestant runs. */
export interface SagaShape {
  readonly steps: number;
  /** The length of the context as JSON, at least 150. */
  readonly contextBytes: number;
  /** Whether the last step fails, so that the others are undone. */
  readonly fails: boolean;
  /** Whether its steps leave the context as it is. */
  readonly keepsContext: boolean;
}

/** Three successful steps with a context of 200 bytes. */
export const usualShape: SagaShape = { steps: 3, contextBytes: 200, fails: false, keepsContext: false };

/** The minimum number of durable writes of a saga of this shape: its start, its acts, its undos. */
export function writesOf({ steps, fails }: SagaShape): number {
  return 1 + steps + (fails ? steps - 1 : 0);
}
