/** The items of the demo, with the price of one piece in cents. */
export const catalogue: Readonly<Record<string, number>> = Object.freeze({
  book: 1_900,
  lamp: 4_500,
  chair: 12_900,
});
