/**
 * The known name that an unknown one was probably meant to be; undefined if none is similar. Names inside a group are
 * found, too, such as `retry.maximumAttempts` for `maximumAttempts`.
 *
 * @param known Names and paths, in order of preference.
 */
export function suggestName(name: string, known: readonly string[]): string | undefined {
  const written = plain(name);
  let best: { readonly path: string; readonly distance: number } | undefined;
  for (const path of known) {
    const distance = distanceOf(written, plain(path.slice(path.lastIndexOf('.') + 1)));
    if (distance < 0.5 && distance < (best?.distance ?? 1)) best = { path, distance };
  }
  return best?.path;
}

/** The name without upper case, separators, units and abbreviations. */
function plain(name: string): string {
  const short = name
    .slice(0, 60)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
  const unabbreviated = short.replace(/^max(?!imum)/, 'maximum').replace(/^min(?!imum)/, 'minimum');
  return unabbreviated.replace(/(ms|millis|milliseconds)$/, '') || short;
}

/** A distance from 0, the same, to 1, nothing in common. A name that is part of the other is near. */
function distanceOf(one: string, other: string): number {
  const longest = Math.max(one.length, other.length);
  if (longest === 0) return 1;
  const isPart = Math.min(one.length, other.length) >= 4 && (one.includes(other) || other.includes(one));
  const changed = changesBetween(one, other) / longest;
  return isPart ? Math.min(changed, 0.45) : changed;
}

/** The number of characters to insert, remove, replace or swap with their neighbours. */
function changesBetween(one: string, other: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const next = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      next.push(
        Math.min(
          at(last, column) + 1,
          at(next, column - 1) + 1,
          at(last, column - 1) + (isSame ? 0 : 1),
          isSwapped && row > 1 ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [beforeLast, last] = [last, next];
  }
  return at(last, other.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
