import { checkedElsewhere, count, func, oneOf, option } from '../options/option.js';

/** The options of every stage with branches. */
export const branchesTable = {
  /** Earlier ids of the stage, the oldest first. */
  aliases: option<readonly string[]>('a list of the ids that it had before', Array.isArray),
  /**
   * After the final failure of a branch: `'finish'` lets its siblings end, `'abort'` fires their signals.
   *
   * @default 'finish'
   */
  onFailure: oneOf(['finish', 'abort'], { default: 'finish' }),
  /**
   * `'reverse'` undoes the branches one after the other, in reverse of their declared order; `'parallel'` undoes them
   * side by side.
   *
   * @default 'reverse'
   */
  undo: oneOf(['reverse', 'parallel'], { default: 'reverse' }),
};

/** The options of `parallel()`, with its own properties. */
export const parallelTable = {
  ...branchesTable,
  kind: checkedElsewhere<string>(),
  id: checkedElsewhere<string>(),
  branches: checkedElsewhere<readonly unknown[]>(),
  join: func(),
};

/** The options of `forEach()`, with its own properties. */
export const forEachTable = {
  ...branchesTable,
  /** How many items run at the same time: an integer of at least 1. @default 10 */
  concurrency: count({ default: 10, minimum: 1, maximum: 1_000 }),
  kind: checkedElsewhere<string>(),
  id: checkedElsewhere<string>(),
  items: func(),
  step: checkedElsewhere(),
  key: func(),
  join: func(),
};
