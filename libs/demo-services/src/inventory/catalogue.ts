/** What is sold here, and what one piece costs in cents. */
export const catalogue: Readonly<Record<string, number>> = Object.freeze({
  book: 1_900,
  lamp: 4_500,
  chair: 12_900,
});
