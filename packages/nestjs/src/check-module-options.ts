import { checkTable } from '@nest-saga/core';
import type { SagaDefinitionProblem } from '@nest-saga/core';
import { toWorkerSettings } from './engine-options.js';
import { moduleOptionTable } from './module-option-table.js';
import type { SagaModuleOptions } from './saga-module-options.js';

const where = 'SagaModule.forRoot()';

/** Everything that is wrong with the module's options, from whichever source they come. */
export function checkModuleOptions(options: SagaModuleOptions): readonly SagaDefinitionProblem[] {
  const problems = checkTable({ where, path: '' }, options, moduleOptionTable);
  return problems.length > 0 ? problems : checkLease(options);
}

// A lease that is renewed too late would be lost each time.
function checkLease(options: SagaModuleOptions): readonly SagaDefinitionProblem[] {
  const { leaseDurationMs, renewalIntervalMs, safetyMarginMs } = toWorkerSettings(options).lease;
  if (renewalIntervalMs + safetyMarginMs < leaseDurationMs) return [];
  return [
    {
      where,
      problem: `lease.renewalIntervalMs (${renewalIntervalMs}) and lease.safetyMarginMs (${safetyMarginMs}) leave nothing of lease.leaseDurationMs (${leaseDurationMs})`,
      remedy: 'Set a lease that is longer than the two together, best three times the renewal interval',
    },
  ];
}
