import { checkedElsewhere, duration, func, maximumWaitMs, oneOf, option } from '../options/option.js';
import type { SagaDefinitionProblem } from '../errors/saga-definition-error.js';
import type { Option, OptionPlace, OptionTableOf } from '../options/option.js';
import { isSagaSignal } from './saga-signal.js';
import type { Approval, Delay, WaitFor } from './waits.js';

const identity = {
  kind: checkedElsewhere<string>(),
  id: checkedElsewhere<string>(),
  aliases: option<readonly string[]>('a list of the ids that it had before', Array.isArray),
};

const follows = oneOf(['compensate', 'continue'], { default: 'compensate' });

/** The options of `delay()`. */
const delayTable: OptionTableOf<Delay> = {
  ...identity,
  length: option(
    `a number of milliseconds from 0 to ${maximumWaitMs}, or a function of the context`,
    (value) =>
      typeof value === 'function' || (typeof value === 'number' && value >= 0 && value <= maximumWaitMs),
  ),
};

const someSignals = option('a list of one or more signals from sagaSignal()', (value) => {
  return Array.isArray(value) && value.length > 0 && value.every(isSagaSignal);
});

const signals: Option = {
  check: (place, value) => {
    const problems = someSignals.check(place, value);
    return problems.length > 0 ? problems : checkSignalNames(place, value as WaitFor['signals']);
  },
};

/** The options of `waitFor()`. */
const waitForTable: OptionTableOf<WaitFor> = {
  ...identity,
  signals,
  timeoutMs: duration(),
  onTimeout: follows,
  apply: func(),
};

/** The options of `approval()`. */
const approvalTable: OptionTableOf<Approval> = {
  ...identity,
  timeoutMs: duration(),
  onTimeout: follows,
  onReject: follows,
  roles: option<readonly string[]>('a list of one or more roles', (value) => {
    return (
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((role) => typeof role === 'string' && role !== '')
    );
  }),
  title: func('a function of the context that gives a text'),
  notBy: func('a function of the context that gives an actor'),
};

/** The options of each kind of wait. */
export const waitTables = { delay: delayTable, 'wait-for': waitForTable, approval: approvalTable };

function checkSignalNames(
  { where, path }: OptionPlace,
  list: WaitFor['signals'],
): readonly SagaDefinitionProblem[] {
  const names = list.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return [...new Set(twice)].map((name) => ({
    where,
    problem: `${path} has the signal "${name}" twice`,
    remedy: 'Name each signal once',
  }));
}
