/**
 * Calls a function with each item, for a limited number of items at the same time. The results are in order of
 * completion.
 */
export async function inParallel<Item, Result>(
  atOnce: number,
  items: readonly Item[],
  run: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const rest = [...items];
  const work = async (): Promise<void> => {
    while (rest.length > 0) {
      const [item] = rest.splice(0, 1) as [Item];
      results.push(await run(item));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}
