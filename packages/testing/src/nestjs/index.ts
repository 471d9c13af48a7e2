export type { CrashMoment } from './crash-points.js';
export type { SagaExpectations } from './saga-expectations.js';
export { SagaTester } from './saga-tester.js';
export type { SagaTestingOptions } from './saga-testing-module.js';
export { SagaTestingModule } from './saga-testing-module.js';
