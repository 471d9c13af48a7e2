/** What a circuit breaker does with calls: let them through, refuse them, or try one. */
export type CircuitState = 'closed' | 'open' | 'half-open';
