/** The context of a planned saga: the steps that were done and undone, as its handlers saw them, and the signals it took. */
export interface TrailContext {
  readonly trail: string[];
}
