import type { InjectionToken } from '@nestjs/common';
import type { StartInterceptor, StepInterceptor } from '@nest-saga/core';

/** Surrounds each attempt of a step, each start, or both: it has `intercept`, `interceptStart`, or both. */
export type SagaInterceptor = StepInterceptor | StartInterceptor;

/** An interceptor, or the token of the provider that is one. */
export type SagaInterceptorReference = SagaInterceptor | InjectionToken;
