import type { InjectionToken } from '@nestjs/common';
import type { StartInterceptor, StepInterceptor } from '@nest-saga/core/engine';

/** Runs around each attempt of a step (`intercept`), around each start (`interceptStart`), or both. */
export type SagaInterceptor = StepInterceptor | StartInterceptor;

/** An interceptor, or the token of a provider whose instance is one. */
export type SagaInterceptorReference = SagaInterceptor | InjectionToken;
