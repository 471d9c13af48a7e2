import type { SagaDefinitionProblem } from '../errors/saga-definition-error.js';
import { checkMatchers } from './check-matchers.js';
import { checkRange, show } from './check-range.js';
import type { CircuitBreaker, CircuitBreakerOptions } from './circuit-breaker.js';

/** Whether a fallback brings a breaker of its own, and not settings for one. */
export function isCircuitBreaker(
  declared: CircuitBreakerOptions | CircuitBreaker,
): declared is CircuitBreaker {
  return 'execute' in declared || 'isOpen' in declared;
}

/** What is wrong with the circuit breaker, or the settings of one, that a fallback declares. */
export function checkCircuitBreaker(
  where: string,
  declared: CircuitBreakerOptions | CircuitBreaker | undefined,
): readonly SagaDefinitionProblem[] {
  if (declared === undefined) return [];
  if (typeof declared !== 'object' || declared === null) {
    return [
      { where, problem: `circuitBreaker is ${show(declared)}`, remedy: 'Set it to settings or a breaker' },
    ];
  }
  return isCircuitBreaker(declared)
    ? checkMethods(where, 'circuitBreaker', declared)
    : checkSettings(where, declared);
}

/** What is wrong with a breaker that `createCircuitBreaker` made. */
export function checkMadeBreaker(where: string, made: unknown): readonly SagaDefinitionProblem[] {
  return checkMethods(where, 'what createCircuitBreaker made', made);
}

function checkMethods(where: string, what: string, breaker: unknown): readonly SagaDefinitionProblem[] {
  return ['execute', 'isOpen']
    .filter((method) => typeof Reflect.get(Object(breaker) as object, method) !== 'function')
    .map((method) => ({
      where,
      problem: `${what} has no method "${method}"`,
      remedy: 'Implement CircuitBreaker',
    }));
}

function checkSettings(where: string, options: CircuitBreakerOptions): readonly SagaDefinitionProblem[] {
  const problems: SagaDefinitionProblem[] = [];
  const isThreshold = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 1;
  const isReset = (value: unknown): boolean =>
    typeof value === 'number' && value > 0 && Number.isFinite(value);
  checkRange(
    problems,
    where,
    'circuitBreaker.failureThreshold',
    options.failureThreshold,
    isThreshold,
    'an integer of at least 1',
  );
  checkRange(
    problems,
    where,
    'circuitBreaker.resetTimeoutMs',
    options.resetTimeoutMs,
    isReset,
    'a number of milliseconds over 0',
  );
  checkMatchers(problems, where, 'circuitBreaker.countedErrors', options.countedErrors);
  checkMatchers(problems, where, 'circuitBreaker.ignoredErrors', options.ignoredErrors);
  return problems;
}
