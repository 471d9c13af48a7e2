import type { DefineSagaOptions } from '@nest-saga/core';
import type { SagaModuleOptions } from '../options/saga-module-options.js';

/** The part of the module's options that applies to every saga. */
export function toDefineOptions(options: SagaModuleOptions): DefineSagaOptions {
  const { codec, retry, compensation, timeoutMs, compensateOn } = options;
  const maximumRecoveryAttempts = options.recovery?.maximumRecoveryAttempts;
  return {
    ...(codec === undefined ? {} : { codec }),
    ...(retry === undefined ? {} : { retry }),
    ...(compensation === undefined ? {} : { compensation }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(compensateOn === undefined ? {} : { compensateOn }),
    ...(maximumRecoveryAttempts === undefined ? {} : { maximumRecoveryAttempts }),
  };
}
