import { checkSize } from '../context/context-codec.js';
import { maximumItems } from '../definition/for-each.js';
import type { ForEachStage, SagaDefinition } from '../definition/saga-definition.js';
import type { StageItems } from '../journal/saga-path.js';

/**
 * The items of a stage, as the journal keeps them.
 *
 * @throws TypeError for items that cannot be branches; what the function, the keys or the codec throw.
 */
export function readItems(definition: SagaDefinition, stage: ForEachStage, given: unknown): StageItems {
  const { id, key, step, concurrency } = stage;
  if (!Array.isArray(given)) throw new TypeError(`The function of "${id}" has to give a list of items.`);
  if (given.length > maximumItems)
    throw new TypeError(`"${id}" has ${given.length} items, and may have at most ${maximumItems}.`);
  const list: readonly unknown[] = given;
  const keys = list.map((item) => checkKey(id, key(item)));
  const twice = keys.find((one, index) => keys.indexOf(one) !== index);
  if (twice !== undefined) throw new TypeError(`"${id}" has two items with the key "${twice}".`);
  const items = list.map((item, index) => definition.codec.encode(item, `${id}[${index}]`));
  checkSize(items.join(), id);
  return { step: step.id, keys, items, concurrency };
}

function checkKey(id: string, key: unknown): string {
  const isKey = typeof key === 'string' && /^[^[\]\p{Cc}]{1,60}$/u.test(key);
  if (isKey) return key;
  throw new TypeError(
    `A key of an item of "${id}" has to be a text of 1 to 60 characters without brackets and control characters.`,
  );
}
