import type { SagaDefinitionProblem } from '@nest-saga/core';
import { toWorkerSettings } from './engine-options.js';
import type { SagaModuleOptions } from './saga-module-options.js';

const where = 'SagaModule.forRoot()';
const maximumTimerMs = 2_147_483_647;

/** What is out of range in the module's options. The step policies among them are checked with the sagas. */
export function checkModuleOptions(options: SagaModuleOptions): readonly SagaDefinitionProblem[] {
  const { concurrency, lease, recovery, ...settings } = toWorkerSettings(options);
  const problems = [
    checkFlag('worker', settings.runsSagas),
    checkFlag('recovery.enabled', recovery.isEnabled),
    checkFlag('keepsCallerSurroundings', settings.keepsCallerSurroundings),
    checkCount('concurrency', concurrency),
    checkCount('recovery.batchSize', recovery.batchSize),
    checkCount('recovery.concurrency', recovery.concurrency),
    checkCount('recovery.maximumRecoveryAttempts', options.recovery?.maximumRecoveryAttempts, 0),
    checkCount('contextWarningBytes', settings.contextWarningBytes),
    checkTime('recovery.intervalMs', recovery.sweepIntervalMs, 1),
    checkTime('watchIntervalMs', settings.watchIntervalMs, 1),
    checkTime('parkAboveMs', settings.parkAboveMs, 0),
    checkTime('busyTimeoutMs', settings.busyTimeoutMs, 0),
    checkTime('abortGraceMs', settings.abortGraceMs, 0),
    checkTime('shutdownTimeoutMs', settings.shutdownTimeoutMs, 0),
    checkTime('lease.leaseDurationMs', lease.leaseDurationMs, 1),
    checkTime('lease.renewalIntervalMs', lease.renewalIntervalMs, 1),
    checkTime('lease.safetyMarginMs', lease.safetyMarginMs, 0),
    checkLease(lease),
    checkStorage(options.storage),
    checkFunction('createCircuitBreaker', options.createCircuitBreaker),
  ];
  return problems.filter((problem) => problem !== undefined);
}

type Checked = SagaDefinitionProblem | undefined;

function checkFlag(option: string, value: unknown): Checked {
  if (typeof value === 'boolean') return undefined;
  return outOfRange(option, value, 'true or false');
}

function checkCount(option: string, value: unknown, minimum = 1): Checked {
  if (value === undefined || (Number.isSafeInteger(value) && Number(value) >= minimum)) return undefined;
  return outOfRange(option, value, `an integer of at least ${minimum}`);
}

function checkTime(option: string, value: unknown, minimum: number): Checked {
  const isInRange =
    typeof value === 'number' && Number.isFinite(value) && value >= minimum && value <= maximumTimerMs;
  if (isInRange) return undefined;
  return outOfRange(option, value, `a number of milliseconds from ${minimum} to ${maximumTimerMs}`);
}

function checkLease({ leaseDurationMs, renewalIntervalMs, safetyMarginMs }: Lease): Checked {
  // Not a number is told by itself; a lease that is renewed too late would be lost each time.
  if (!(renewalIntervalMs + safetyMarginMs >= leaseDurationMs)) return undefined;
  return {
    where,
    problem: `lease.renewalIntervalMs (${renewalIntervalMs}) and lease.safetyMarginMs (${safetyMarginMs}) leave nothing of lease.leaseDurationMs (${leaseDurationMs})`,
    remedy: 'Set a lease that is longer than the two together, best three times the renewal interval',
  };
}

type Lease = ReturnType<typeof toWorkerSettings>['lease'];

function checkStorage(storage: unknown): Checked {
  if (storage === undefined || (typeof storage === 'object' && storage !== null)) return undefined;
  return outOfRange('storage', storage, 'a SagaStorage or a factory of one, such as typeOrmSagaStorage()');
}

function checkFunction(option: string, value: unknown): Checked {
  if (value === undefined || typeof value === 'function') return undefined;
  return outOfRange(option, value, 'a function');
}

function outOfRange(option: string, value: unknown, range: string): SagaDefinitionProblem {
  const shown =
    typeof value === 'number' || typeof value === 'boolean' || value === null
      ? String(value)
      : `a ${typeof value}`;
  return { where, problem: `${option} is ${shown}`, remedy: `Set it to ${range}` };
}
