import type { SagaDefinitionProblem } from '../errors/saga-definition-error.js';
import type { MessageSink } from './message-sink.js';
import { isObject, objectWith } from './option.js';
import type { Option, OptionPlace } from './option.js';

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const sinkOption = objectWith('a MessageSink, such as rabbitMqSink()', 'check', 'publish');

/** A list of sinks with different names, none of which loses messages unless the application accepts it. */
export const sinksOption: Option<readonly MessageSink[]> = {
  check({ where, path }, value) {
    if (!Array.isArray(value)) {
      return [
        {
          where,
          problem: `${path} is not a list`,
          remedy: 'Set it to a list of sinks, such as [rabbitMqSink()]',
        },
      ];
    }
    const sinks: readonly unknown[] = value;
    const problems = sinks.flatMap((sink, index) => checkSink({ where, path: `${path}[${index}]` }, sink));
    return [...problems, ...checkSinkNames({ where, path }, sinks)];
  },
};

function checkSink(place: OptionPlace, sink: unknown): readonly SagaDefinitionProblem[] {
  const problems = sinkOption.check(place, sink);
  if (problems.length > 0 || !isObject(sink)) return problems;
  const { name, isLossy, lossy } = sink as Partial<MessageSink>;
  const { where, path } = place;
  if (typeof name !== 'string' || !namePattern.test(name)) {
    const remedy =
      'Use 1 to 100 letters, digits, points, dashes and underscores, and begin with a letter or digit';
    return [{ where, problem: `${path}.name is not a name for a sink`, remedy }];
  }
  if (isLossy !== true || lossy === true) return [];
  return [
    {
      where,
      problem: `${path} ("${name}") may lose messages, because nothing acknowledges them`,
      remedy: 'Use a sink that does, or accept the loss with lossy: true in the options of this sink',
    },
  ];
}

function checkSinkNames(
  { where, path }: OptionPlace,
  sinks: readonly unknown[],
): readonly SagaDefinitionProblem[] {
  const names = sinks.map((sink) => (sink as Partial<MessageSink> | null | undefined)?.name);
  const repeated = new Set(names.filter((name, index) => name !== undefined && names.indexOf(name) < index));
  return [...repeated].map((name) => ({
    where,
    problem: `${path} has two sinks with the name "${name}"`,
    remedy: 'Give each its own name: a message that is still to be delivered belongs to a name',
  }));
}
