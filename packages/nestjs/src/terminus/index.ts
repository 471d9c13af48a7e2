export { SagaHealthIndicator } from './saga-health.indicator.js';
export type { SagaHealthOptions } from './saga-health-options.js';
export { sagaHealthDefaults } from './saga-health-options.js';
