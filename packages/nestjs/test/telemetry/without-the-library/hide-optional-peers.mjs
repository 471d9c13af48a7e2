import { register } from 'node:module';

// Behaves as Node does where a package is not installed.
const hooks = `
export async function resolve(specifier, context, next) {
  if (!/^@opentelemetry\\/|^@nestjs\\/(?:terminus|cqrs)/.test(specifier)) return next(specifier, context);
  const error = new Error("Cannot find package '" + specifier + "' imported from " + context.parentURL);
  throw Object.assign(error, { code: 'ERR_MODULE_NOT_FOUND' });
}
`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
