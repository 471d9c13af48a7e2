import type { InjectionToken } from '@nestjs/common';
import { isObject, option } from '@nest-saga/core/engine';
import type { Option } from '@nest-saga/core/engine';
import type { SagaInterceptor, SagaInterceptorReference } from './saga-interceptor.js';

/** A description of the values that are interceptors. */
export const interceptorRange =
  'an object with the method "intercept", "interceptStart" or both, the token of a provider of one, or a list of these';

/** One interceptor or several, each given directly or by its token. */
export const interceptorOption: Option<SagaInterceptorReference | readonly SagaInterceptorReference[]> = {
  check: (place, value) =>
    Array.isArray(value)
      ? value.flatMap((one: unknown, index) =>
          single.check({ ...place, path: `${place.path}[${index}]` }, one),
        )
      : single.check(place, value),
};

/** Whether a value can be used as an interceptor. */
export function isInterceptor(value: unknown): value is SagaInterceptor {
  if (!isObject(value)) return false;
  const methods = ['intercept', 'interceptStart'].map((name): unknown => Reflect.get(value, name));
  const given = methods.filter((method) => method !== undefined);
  return given.length > 0 && given.every((method) => typeof method === 'function');
}

/** Whether a value is the token of a provider, and not an interceptor itself. */
export function isToken(value: unknown): value is InjectionToken {
  return ['string', 'symbol', 'function'].includes(typeof value);
}

const single = option(interceptorRange, (value) => isToken(value) || isInterceptor(value));
