/** The state of a circuit breaker: it lets calls through, refuses them, or tries one. */
export type CircuitState = 'closed' | 'open' | 'half-open';
