import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import type { ContextClass } from '../context/hydrate.js';
import { hydrate } from '../context/hydrate.js';
import type { ContextCodec, Json } from '../context/context-codec.js';
import { isStorableText } from '../context/storable-text.js';

/** The tags that a saga gives each of its executions: a pure, synchronous function of the context. */
export type SagaTags<Context = never> = (context: Context) => readonly string[];

/** The part of a saga's definition that tags need. */
interface Tagged {
  readonly tags?: SagaTags | undefined;
  readonly context: ContextClass | undefined;
  readonly codec: ContextCodec;
}

/** The maximum number of tags of one execution. */
const maximumTags = 16;
const maximumTagLength = 100;

/**
 * Checks a list of tags, and leaves out repetitions.
 *
 * @throws InvalidArgumentError if it is not a list of at most 16 texts of 1 to 100 characters.
 */
export function checkTags(given: unknown): readonly string[] {
  const remedy = `pass a list of at most ${maximumTags} texts of 1 to ${maximumTagLength} characters without NUL and lone surrogates`;
  if (!Array.isArray(given)) throw new InvalidArgumentError('tags', remedy);
  const tags = [...new Set<unknown>(given)];
  if (tags.length <= maximumTags && tags.every(isTag)) return tags;
  throw new InvalidArgumentError('tags', remedy);
}

/**
 * The tags of an execution: those of its start, then those that its saga adds. Undefined if it has none.
 *
 * @param context The context as it is stored: the function of the saga gets a copy of it.
 * @throws InvalidArgumentError if the saga adds an invalid tag, or there are more than 16. The error of the function.
 */
export function tagsOf(
  { tags, context: contextClass, codec }: Tagged,
  given: readonly string[] | undefined,
  context: Json,
): readonly string[] | undefined {
  if (tags === undefined) return given?.length === 0 ? undefined : given;
  const added = (tags as SagaTags<unknown>)(hydrate(contextClass, codec.decode(context)));
  const all = checkTags([...(given ?? []), ...checkTags(added)]);
  return all.length === 0 ? undefined : all;
}

function isTag(tag: unknown): tag is string {
  return isStorableText(tag, maximumTagLength);
}
