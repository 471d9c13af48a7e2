import type { SagaSignal } from '@nest-saga/core';
import type { FieldView } from '../views/page-views.js';

const wholePayload: FieldView = { name: '', type: 'json', isRequired: true };

/**
 * The fields of a form for the payload of a signal: from the JSON Schema that a Standard Schema offers, else one field for
 * the whole payload as JSON. A signal without a payload has no field.
 */
export function fieldsOfSignal({ payload }: SagaSignal): readonly FieldView[] {
  if (payload === undefined) return [];
  const schema = jsonSchemaOf(payload);
  if (schema?.['type'] !== 'object' || !isRecord(schema['properties'])) return [wholePayload];
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.entries(schema['properties']).map(([name, property]) =>
    fieldOf(name, isRecord(property) ? property : {}, required.includes(name)),
  );
}

function fieldOf(name: string, property: Readonly<Record<string, unknown>>, isRequired: boolean): FieldView {
  const { type, description } = property;
  const about = { name, isRequired, ...(typeof description === 'string' ? { description } : {}) };
  const choices = property['enum'];
  if (Array.isArray(choices) && choices.every((choice) => typeof choice === 'string'))
    return { ...about, type: 'choice', choices };
  if (type === 'string') return { ...about, type: 'text' };
  if (type === 'number' || type === 'integer') return { ...about, type: 'number' };
  if (type === 'boolean') return { ...about, type: 'boolean' };
  return { ...about, type: 'json' };
}

/** A schema without one, or one that cannot be described as JSON, has the form of the whole payload. */
function jsonSchemaOf(payload: unknown): Readonly<Record<string, unknown>> | undefined {
  const standard: unknown = isObject(payload) ? Reflect.get(payload, '~standard') : undefined;
  const converter: unknown = isObject(standard) ? Reflect.get(standard, 'jsonSchema') : undefined;
  const input: unknown = isObject(converter) ? Reflect.get(converter, 'input') : undefined;
  if (typeof input !== 'function') return undefined;
  try {
    const schema: unknown = (input as (options: object) => unknown).call(converter, {
      target: 'draft-2020-12',
    });
    return isRecord(schema) ? schema : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
