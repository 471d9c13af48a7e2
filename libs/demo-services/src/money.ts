/** Formats an amount for people: `38.00 EUR`. */
export function formatCents(cents: number): string {
  return `${(cents / 100).toFixed(2)} EUR`;
}
