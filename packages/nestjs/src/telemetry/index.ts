export { SagaAttribute } from './attributes.js';
export { sagaTelemetry } from './open-telemetry.js';
export type { SagaTelemetry } from './saga-telemetry.js';
