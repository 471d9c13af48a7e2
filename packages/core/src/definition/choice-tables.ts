import { checkedElsewhere, isObject, oneOf, option } from '../options/option.js';
import type { OptionTableOf } from '../options/option.js';
import type { Choose, When } from './choice.js';

const identity = {
  kind: checkedElsewhere<string>(),
  id: checkedElsewhere<string>(),
  aliases: option<readonly string[]>('a list of the ids that it had before', Array.isArray),
};

/** The options of `when()`. */
const whenTable: OptionTableOf<When<unknown>> = {
  ...identity,
  predicate: option('a function of the context', (value) => typeof value === 'function'),
  stages: option('a list of one or more stages', (value) => Array.isArray(value) && value.length > 0),
};

/** The options of `choose()`. */
const chooseTable: OptionTableOf<Choose<unknown>> = {
  ...identity,
  select: option('a function of the context', (value) => typeof value === 'function'),
  cases: option('an object with the stages of each case, at least one', hasStages),
  otherwise: oneOf(['fail', 'skip'], { default: 'fail' }),
};

/** The options of each kind of choice. */
export const choiceTables = { when: whenTable, choose: chooseTable };

function hasStages(value: unknown): boolean {
  return (
    isObject(value) && Object.values(value).some((stages) => !Array.isArray(stages) || stages.length > 0)
  );
}
